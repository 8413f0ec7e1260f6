/** Policies of git revisions: real repositories in temporary folders, cloned as CI services clone. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { DiagnosticError } from "../../src/diagnostic/diagnostic.ts";
import { evaluate } from "../../src/evaluate/evaluate.ts";
import { keyPolicy, serviceControlPolicy } from "../../src/policy/constructors.ts";
import { policyAt } from "../../src/policy/policy-at.ts";
import { request } from "../../src/request/request.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "iam-expect-git-")));
const start = process.cwd();
afterEach(() => process.chdir(start));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const APP = "arn:aws:iam::111122223333:role/app";
const KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd";
const keyText = (Action: string) =>
  JSON.stringify(
    { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { AWS: APP }, Action, Resource: "*" }] },
    null,
    2,
  );

const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
function git(cwd: string, ...args: string[]): string {
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"];
  return execFileSync("git", [...identity, ...args], { cwd, encoding: "utf8", env: clean, stdio: "pipe" });
}
function commit(repository: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
  git(repository, "add", "--all");
  git(repository, "commit", "--quiet", "--message", "change");
}

const origin = join(folder, "origin");
beforeAll(() => {
  mkdirSync(origin);
  git(origin, "init", "--quiet");
  commit(origin, { "policies/key.json": keyText("kms:Encrypt"), "README.md": "" });
  commit(origin, { "policies/key.json": keyText("kms:Decrypt"), "policies/broken.json": '{\n  "Version": 1\n}' });
  git(origin, "tag", "v1");
  git(origin, "checkout", "--quiet", "-b", "topic");
  commit(origin, { "policies/key.json": keyText("kms:*"), "policies/new.json": keyText("kms:Encrypt") });
});

/** Clones as a CI service does. */
function clone(name: string, ...options: string[]): string {
  git(folder, "clone", "--quiet", ...options, pathToFileURL(origin).href, name);
  return join(folder, name);
}

/** The whole message of a refusal. */
function refused(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof DiagnosticError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}

/** Runs the command that a message tells to run. */
function follow(message: string, repository: string): void {
  const command = /fetch it first: `git ([^`]+)`/.exec(message)?.[1] ?? "";
  git(repository, ...command.split(" "));
}

const actionsOf = (policy: { statements: readonly { action?: { values: readonly { value: string }[] } }[] }) =>
  policy.statements.flatMap(({ action }) => action?.values.map(({ value }) => value) ?? []);

describe("reads", () => {
  test.each([
    ["a branch", "main", "kms:Decrypt"],
    ["another", "topic", "kms:*"],
    ["a tag", "v1", "kms:Decrypt"],
    ["what git reckons", "main~1", "kms:Encrypt"],
    ["the commit that is checked out", "HEAD", "kms:*"],
  ])("%s", (_, revision, action) => {
    process.chdir(origin);
    expect(actionsOf(policyAt(revision, "policies/key.json"))).toEqual([action]);
  });

  test("from any folder, by a path that starts there or at the root", () => {
    process.chdir(join(origin, "policies"));
    for (const path of ["key.json", "./key.json", "../policies/key.json", join(origin, "policies/key.json")])
      expect(actionsOf(policyAt("main", path))).toEqual(["kms:Decrypt"]);
    process.chdir(folder);
    expect(actionsOf(policyAt("main", "origin/policies/key.json"))).toEqual(["kms:Decrypt"]);
  });

  test("what a folder held that is gone", () => {
    const moved = clone("moved");
    git(moved, "rm", "--quiet", "-r", "policies");
    process.chdir(moved);
    expect(actionsOf(policyAt("HEAD", "policies/key.json"))).toEqual(["kms:*"]);
  });

  test("in a hook of another folder's repository", () => {
    process.chdir(origin);
    process.env.GIT_DIR = ".git";
    try {
      process.chdir("policies");
      expect(actionsOf(policyAt("main", "key.json"))).toEqual(["kms:Decrypt"]);
    } finally {
      delete process.env.GIT_DIR;
    }
  });

  test("as the kind that the document is, or that is said, with its options", () => {
    process.chdir(origin);
    expect(policyAt("main", "policies/key.json").kind).toBe("key");
    const attached = policyAt("main", "policies/key.json", keyPolicy, { key: KEY, name: "deployed" });
    expect(attached).toMatchObject({ kind: "key", resource: KEY, name: "deployed" });
    expect(evaluate(attached, request(APP, "kms:Decrypt")).outcome).toBe("allowed");
  });

  test("with places in the revision", () => {
    process.chdir(origin);
    const policy = policyAt("main", "policies/key.json");
    expect(policy.name).toBe("main:policies/key.json");
    expect(policy.statements[0]?.action?.values[0]?.place).toMatchObject({
      file: "main:policies/key.json",
      line: 9,
      column: 17,
    });
    expect(refused(() => policyAt("main", "policies/broken.json", keyPolicy))).toBe(
      `error[missing-element] main:policies/broken.json:1:1
  a policy needs \`Statement\`
    1 | {
      | ^
  see: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

error[wrong-type] main:policies/broken.json:2:14
  \`Version\` takes a string, not a number
    2 |   "Version": 1
      |              ^`,
    );
    expect(refused(() => policyAt("main", "policies/key.json", serviceControlPolicy)).split("\n")[0]).toBe(
      "error[misplaced-element] main:policies/key.json:6:7",
    );
  });
});

describe("a clone that lacks the revision", () => {
  test("a shallow clone of one branch, as CI services make it: the command that is told brings the branch", () => {
    const shallow = clone("shallow", "--depth=1", "--branch=topic");
    process.chdir(shallow);
    const message = refused(() => policyAt("main", "policies/key.json"));
    expect(message).toBe(
      `error[unknown-revision]
  \`main\` is no revision that this clone has
  help: fetch it first: \`git fetch --depth=1 origin main:main\`
  note: the clone is shallow: it has a part of the history`,
    );
    follow(message, shallow);
    expect(actionsOf(policyAt("main", "policies/key.json"))).toEqual(["kms:Decrypt"]);
  });

  test("the same for the remote's branch, a tag, a commit and a parent", () => {
    const hash = git(origin, "rev-parse", "main").trim();
    for (const [revision, command, action] of [
      ["origin/main", "git fetch --depth=1 origin main:refs/remotes/origin/main", "kms:Decrypt"],
      ["v1", "git fetch --depth=1 origin v1:v1", "kms:Decrypt"],
      [hash, `git fetch --depth=1 origin ${hash}`, "kms:Decrypt"],
      ["HEAD~2", "git fetch --unshallow origin", "kms:Encrypt"],
      ["main~1", "git fetch origin main:main", "kms:Encrypt"],
    ] as const) {
      const shallow = clone(`shallow-${revision}`.replace("/", "-"), "--depth=1", "--branch=topic");
      process.chdir(shallow);
      const message = refused(() => policyAt(revision, "policies/key.json"));
      expect(message).toContain(`help: fetch it first: \`${command}\``);
      follow(message, shallow);
      expect(actionsOf(policyAt(revision, "policies/key.json"))).toEqual([action]);
    }
  });

  test("a clone of one branch with its history", () => {
    const single = clone("single", "--single-branch", "--branch=topic");
    process.chdir(single);
    const message = refused(() => policyAt("main", "policies/key.json"));
    expect(message).toBe(
      `error[unknown-revision]
  \`main\` is no revision that this clone has
  help: fetch it first: \`git fetch origin main:main\``,
    );
    follow(message, single);
    expect(actionsOf(policyAt("main", "policies/key.json"))).toEqual(["kms:Decrypt"]);
  });

  test("a clone that has the branch as the remote's only", () => {
    process.chdir(clone("whole", "--branch=topic"));
    expect(refused(() => policyAt("main", "policies/key.json"))).toBe(
      `error[unknown-revision]
  \`main\` is no revision that this clone has
  help: did you mean \`origin/main\`?`,
    );
    expect(actionsOf(policyAt("origin/main", "policies/key.json"))).toEqual(["kms:Decrypt"]);
  });

  test("a name with a slip, where there may be more at the remote and where there is no remote", () => {
    process.chdir(clone("slip", "--branch=main"));
    expect(refused(() => policyAt("mian", "policies/key.json"))).toBe(
      `error[unknown-revision]
  \`mian\` is no revision that this clone has
  help: did you mean \`main\`? else fetch it first: \`git fetch origin mian:mian\``,
    );
    process.chdir(origin);
    expect(refused(() => policyAt("mian", "policies/key.json"))).toBe(
      `error[unknown-revision]
  \`mian\` is no revision that this clone has
  help: did you mean \`main\`?`,
    );
    expect(refused(() => policyAt("release", "policies/key.json"))).toBe(
      `error[unknown-revision]
  \`release\` is no revision that this clone has
  help: \`git branch --all\` and \`git tag\` list those that it has`,
    );
  });

  test("a partial clone does not fetch behind the user's back", () => {
    git(origin, "config", "uploadpack.allowFilter", "true");
    process.chdir(clone("partial", "--filter=blob:none", "--no-checkout"));
    expect(refused(() => policyAt("HEAD", "policies/key.json"))).toBe(
      `error[git-failed]
  this is a partial clone, which lacks the content of that file
  help: fetch it first: \`git show\` with the same revision and path does`,
    );
    git(process.cwd(), "show", "HEAD:policies/key.json");
    expect(actionsOf(policyAt("HEAD", "policies/key.json"))).toEqual(["kms:*"]);
  });
});

describe("a path that the revision lacks", () => {
  test("with the nearest, the moved, and the new file", () => {
    process.chdir(join(origin, "policies"));
    expect(refused(() => policyAt("main", "kye.json"))).toBe(
      `error[unreadable-file]
  there is no \`kye.json\` at \`main\`
  help: did you mean \`key.json\`?
  note: paths start at the working directory, ${origin}/policies`,
    );
    process.chdir(origin);
    expect(refused(() => policyAt("main", "infrastructure/keys/key.json"))).toBe(
      `error[unreadable-file]
  there is no \`infrastructure/keys/key.json\` at \`main\`
  help: did you mean \`policies/key.json\`?
  note: paths start at the working directory, ${origin}`,
    );
    expect(refused(() => policyAt("main", "policies/new.json"))).toBe(
      `error[unreadable-file]
  there is no \`policies/new.json\` at \`main\`
  note: the file is there now: it is new since \`main\`, or not committed`,
    );
    expect(refused(() => policyAt("main", "policies"))).toBe(
      "error[unreadable-file]\n  `policies` is a folder at `main`",
    );
  });
});

describe("no answer from git", () => {
  test("outside a repository", () => {
    const outside = join(folder, "outside");
    mkdirSync(outside);
    process.chdir(outside);
    expect(refused(() => policyAt("main", "key.json"))).toBe(
      `error[no-repository]
  \`${outside}\` is not in a git repository
  help: the repository is the one that holds the file`,
    );
  });

  test("git is not there", () => {
    process.chdir(origin);
    const { PATH } = process.env;
    process.env.PATH = folder;
    try {
      expect(refused(() => policyAt("main", "policies/key.json"))).toBe(
        "error[no-git]\n  git could not be started\n  help: install it, or put it on the `PATH`",
      );
    } finally {
      process.env.PATH = PATH;
    }
  });

  test("a repository of somebody else, as in containers", () => {
    process.chdir(origin);
    const someone = { GIT_TEST_ASSUME_DIFFERENT_OWNER: "1", GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
    Object.assign(process.env, someone);
    try {
      expect(refused(() => policyAt("main", "policies/key.json"))).toBe(
        `error[git-failed]
  git does not read this repository, because somebody else owns its folder
  help: if you trust it: \`git config --global --add safe.directory ${origin}\``,
      );
    } finally {
      for (const name of Object.keys(someone)) delete process.env[name];
    }
  });
});

test("wrong use", () => {
  const like = '\n  help: as in `policyAt("main", "policies/key.json")`';
  const names =
    "\n  help: it is the name of a branch or a tag, or the hash of a commit, as in `main`, `v1.2` or `HEAD~1`";
  for (const [args, message] of [
    [["--output=x", "key.json"], `\`--output=x\` is not a revision${names}`],
    [["^main", "key.json"], `\`^main\` is not a revision${names}`],
    [["", "key.json"], `\`\` is not a revision${names}`],
    [
      ["main:policies/key.json", "key.json"],
      `\`main:policies/key.json\` is not a revision: the path is said beside it${like}`,
    ],
    [["policies/key.json"], `a path is a text, not undefined${like}`],
    [[undefined, "key.json"], `a revision is a text, not undefined${like}`],
    [["main", ""], `\`\` is not the path of a file${like}`],
    [
      ["main", "key.json", { key: KEY }],
      'the kind of a policy is its constructor, not an object\n  help: as in `policyAt("main", "policies/key.json", keyPolicy, { key: "arn:…" })`',
    ],
  ] as const)
    expect(refused(() => (policyAt as (...args: readonly unknown[]) => unknown)(...args))).toBe(
      `error[wrong-use]\n  ${message}`,
    );
  process.chdir(origin);
  expect(refused(() => policyAt("main", "policies/key.json", keyPolicy, { role: APP } as object))).toBe(
    "error[wrong-use]\n  `role` is not an option of this policy\n  help: its options are `name`, `key`",
  );
});
