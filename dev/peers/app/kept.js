/** What the app remembers between two visits, in IndexedDB: the only place that holds a key which no script can read out. */
const STORE = 'kept';

const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function store(mode) {
  const opening = indexedDB.open('sample-app', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  return (await settled(opening)).transaction(STORE, mode).objectStore(STORE);
}

export const recall = async (name) => settled((await store('readonly')).get(name));
export const keep = async (name, value) => settled((await store('readwrite')).put(value, name));
export const forget = async (name) => settled((await store('readwrite')).delete(name));
