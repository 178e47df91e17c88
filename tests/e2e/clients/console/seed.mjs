// Fills an empty deployment with what the console is shown, and prints some of it: 200 projects, 5,000 files in the first
// of them, one of 1 MiB, a picture, a conversation and the job of its message.
import { anonymous, internalKey, signedIn } from "../backend.mjs";
import { call } from "../jobs/jobs.mjs";

const PROJECTS = 200;
const FILES = 5000;
const LARGE_BYTES = 1024 * 1024;

const OWNERS = 40;
const FULL_PROJECTS = 20;
const AT_ONCE = 6;
const NAMES = ["Apollo", "Beacon", "Cinder", "Dynamo", "Ember", "Fathom", "Glacier", "Harbor", "Isotope", "Juniper"];
const KINDS = ["web", "api", "docs", "mobile", "lab"];
const WORDS = ["app", "button", "card", "client", "config", "format", "hooks", "index", "layout", "main", "menu", "modal", "page"];
const PIXEL_ART = `<svg xmlns="http://www.w3.org/2000/svg" width="240" height="160"><rect width="240" height="160" fill="#15172b"/><circle cx="120" cy="80" r="46" fill="#8b8be6"/><path d="M120 8c6 40 24 62 82 72-58 10-76 32-82 72-6-40-24-62-82-72 58-10 76-32 82-72z" fill="#fff" opacity=".9"/></svg>`;

async function seed() {
  const internal = anonymous();
  const system = (name, args) => internal.mutation(`system:${name}`, { internalKey, ...args });
  const projects = await inParallel(PROJECTS, async (number) => {
    const ownerId = `${NAMES[number % NAMES.length].toLowerCase()}-${number % OWNERS}`;
    const name = `${NAMES[number % NAMES.length]} ${KINDS[Math.floor(number / NAMES.length) % KINDS.length]} ${number + 1}`;
    const projectId = await system("createProject", { ownerId, name });
    if (number < FULL_PROJECTS) await system("createFiles", { projectId, files: files(number) });
    return { projectId, ownerId, name };
  });
  const [first, second] = projects;
  const largeId = await system("createFile", { projectId: first.projectId, name: "huge.log", content: "0123456789abcde\n".repeat(LARGE_BYTES / 16) });
  const pictureId = await picture(system, second.projectId);
  const conversationId = await talk(first);
  return { projects, largeId, pictureId, conversationId };
}

function files(number) {
  // The large file and the picture belong to the first two.
  const count = FILES / FULL_PROJECTS - (number < 2 ? 1 : 0);
  return Array.from({ length: count }, (_, at) => {
    const turn = Math.floor(at / WORDS.length);
    const name = `${WORDS[at % WORDS.length]}${turn ? `-${turn}` : ""}.tsx`;
    return { name, content: `// ${name} of project ${number + 1}\nexport const answer = ${number * 100 + at};\n` };
  });
}

async function picture(system, projectId) {
  const address = await system("generateUploadUrl", {});
  const response = await fetch(address, { method: "POST", headers: { "Content-Type": "image/svg+xml" }, body: PIXEL_ART });
  const { storageId } = await response.json();
  await system("createBinaryFile", { projectId, name: "star.svg", storageId });
  return storageId;
}

async function talk({ projectId, ownerId }) {
  const convex = await signedIn(ownerId);
  const conversationId = await convex.mutation("conversations:create", { projectId, title: "How do I begin?" });
  await call(ownerId, "POST", "/api/messages", { conversationId, message: "How do I begin?" });
  return conversationId;
}

async function inParallel(count, work) {
  const results = new Array(count);
  let next = 0;
  const workers = Array.from({ length: AT_ONCE }, async () => {
    while (next < count) {
      const number = next++;
      results[number] = await work(number);
    }
  });
  await Promise.all(workers);
  return results;
}

process.stdout.write(JSON.stringify(await seed()));
