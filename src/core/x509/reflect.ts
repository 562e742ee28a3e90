/** @peculiar/x509 reads this when it is loaded: whoever imports it imports this first. */
import 'reflect-metadata';
