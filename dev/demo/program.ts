/** A program as anybody writes it for AWS: no endpoint, no keys, nothing of Daypass in it. */
import { CreateUserCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';

const iam = new IAMClient({});
const [, , roleName = ''] = process.argv;

const role = await iam.send(new GetRoleCommand({ RoleName: roleName }));
console.log(`iam get-role      ${role.Role?.Arn}`);
try {
  await iam.send(new CreateUserCommand({ UserName: 'mallory' }));
  console.log('iam create-user   created');
} catch (error) {
  console.log(`iam create-user   ${error instanceof Error ? `${error.name}: ${error.message}` : error}`);
}
