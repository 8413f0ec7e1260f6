/** The commands that ask about all requests, as a shell has them: what they print, and how they end. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundledCommand } from "./command.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "iam-expect-prove-")));
const command = bundledCommand();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
function run(args: readonly string[], input = ""): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    cwd: folder,
    input,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr };
}
const prints = (status: number, text: string): Ended => ({ status, stdout: `${text}\n`, stderr: "" });
const refuses = (text: string, status = 2): Ended => ({ status, stdout: "", stderr: `${text}\n` });

const APP = "arn:aws:iam::111122223333:role/UserRole";
const key = (operator: string, service: string) => `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Grants",
      "Effect": "Allow",
      "Principal": { "AWS": "${APP}" },
      "Action": ["kms:CreateGrant", "kms:ListGrants"],
      "Resource": "*",
      "Condition": { "${operator}": { "kms:ViaService": "${service}" } }
    }
  ]
}
`;
const reader = { Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::site/*" };
const open = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::site/*" };
const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const FILES: Readonly<Record<string, string | object>> = {
  "narrow.json": key("StringEquals", "ec2.us-west-2.amazonaws.com"),
  "wide.json": key("StringLike", "ec2.*"),
  "role.json": policy(reader),
  "scp.json": policy({ Effect: "Allow", Action: "*", Resource: "*" }, { ...reader, Sid: "NoSite", Effect: "Deny" }),
  "bucket.json": policy(open),
  "mixed.json": policy({ ...open, Action: ["kms:Decrypt", "s3:GetObject"] }),
  "undecided.json": policy({
    ...reader,
    Condition: { NumericLessThan: { "aws:PrincipalTag/n": "5" }, StringLike: { "aws:PrincipalTag/n": "1*" } },
  }),
  "case.json": {
    id: "site",
    request: {
      principal: "arn:aws:iam::111122223333:user/bob",
      action: "s3:GetObject",
      resource: "arn:aws:s3:::site/k",
      resourceAccount: "111122223333",
    },
    policies: { identity: [{ name: "reader", document: policy(reader) }], resource: null },
  },
  "key-case.json": {
    request: { principal: APP, action: "kms:Decrypt", resource: "arn:aws:kms:us-west-2:111122223333:key/1234abcd" },
    policies: { resource: { name: "the key's", document: key("StringEquals", "ec2.us-west-2.amazonaws.com") } },
  },
  "cases.json": [{ request: {} }, { request: {} }],
  "broken.json": "{",
};

beforeAll(() => {
  for (const [name, text] of Object.entries(FILES))
    writeFileSync(join(folder, name), typeof text === "string" ? text : JSON.stringify(text, null, 2));
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, env, stdio: "pipe" });
  git("init", "--quiet");
  git("add", "--all");
  git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message", "policies");
  git("branch", "--move", "main");
  writeFileSync(join(folder, "deployed.json"), key("StringLike", "ec2.*"));
});

const EXCESS = {
  about: "the subject",
  text: 'role/UserRole; kms:CreateGrant; kms:ViaService like "ec2.*" except "ec2.us-west-2.amazonaws.com"',
  boxes: [
    {
      who: "role/UserRole",
      actions: ["kms:CreateGrant"],
      when: ['kms:ViaService like "ec2.*" except "ec2.us-west-2.amazonaws.com"'],
      needsIdentity: false,
    },
  ],
  complete: true,
};
const REQUEST = {
  principal: APP,
  action: "kms:CreateGrant",
  resourceAccount: "111122223333",
  context: { "kms:ViaService": "ec2.us-east-1.amazonaws.com" },
};

describe("prove", () => {
  const except = ["--except", '{"by":"111122223333","viaService":"ec2.us-west-2.amazonaws.com"}'];

  test("a proof", () => {
    expect(run(["prove", "narrow.json", "--never", "kms:ScheduleKeyDeletion, kms:Disable*"])).toEqual(
      prints(0, "proved   no request for kms:ScheduleKeyDeletion, kms:Disable* is allowed"),
    );
    expect(run(["prove", "narrow.json", "--never", "kms:CreateGrant", ...except])).toEqual(
      prints(
        0,
        'proved   no request for kms:CreateGrant is allowed except {"by":"111122223333","viaService":"ec2.us-west-2.amazonaws.com"}\nrests on the key has no grants but those that were given (see who may `kms:CreateGrant`)',
      ),
    );
    expect(run(["prove", "role.json", "--never", "s3:GetObject", "--on", "arn:aws:s3:::other/*", "--json"])).toEqual(
      prints(
        0,
        '{"verdict":"proved","assumptions":["the resource\'s own policy, which was not given, lets nobody in"]}',
      ),
    );
    expect(run(["prove", "role.json", "--never", "s3:GetObject", "--on", "arn:aws:s3:::other/*"])).toEqual(
      prints(
        0,
        "proved   no request for s3:GetObject is allowed on arn:aws:s3:::other/*\nrests on the resource's own policy, which was not given, lets nobody in",
      ),
    );
  });

  test("a refutation", () => {
    expect(run(["prove", "wide.json", "--never", "kms:CreateGrant", ...except])).toEqual(
      prints(
        1,
        `iam-expect prove wide.json --never kms:CreateGrant --except '{"by":"111122223333","viaService":"ec2.us-west-2.amazonaws.com"}'

  wanted   never allow it: no such request, by anyone, in any context
  got      allow
  request  role/UserRole  kms:CreateGrant  the resource of this policy
           kms:ViaService = ec2.us-east-1.amazonaws.com

  "Grants" allows it   wide.json:7:7
      7 ok |       "Principal": { "AWS": "arn:aws:iam::111122223333:role/UserRole" },
      8 ok |       "Action": ["kms:CreateGrant", "kms:ListGrants"],
      9 ok |       "Resource": "*",
     10 ok |       "Condition": { "StringLike": { "kms:ViaService": "ec2.*" } }

  all such access:
    role/UserRole; kms:CreateGrant; kms:ViaService like "ec2.*" except "ec2.us-west-2.amazonaws.com"

  the same as a test:
    expect(policy).toDeny("arn:aws:iam::111122223333:role/UserRole", "kms:CreateGrant").viaService("ec2.us-east-1.amazonaws.com");`,
      ),
    );
    const { status, stdout, stderr } = run(["prove", "wide.json", "--never", "kms:CreateGrant", ...except, "--json"]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      verdict: "refuted",
      request: REQUEST,
      outcome: "allowed",
      statements: [{ policy: "wide.json", index: 0, sid: "Grants" }],
      needs: [],
      excess: [EXCESS],
      assumptions: [],
    });
  });

  test("its request, with the policies of the files, is a case that decide decides the same", () => {
    const { request } = JSON.parse(run(["prove", "wide.json", "--never", "kms:CreateGrant", "--json"]).stdout);
    const policies = { resource: JSON.parse(key("StringLike", "ec2.*")) };
    const { status } = run(["decide", "-"], JSON.stringify({ request, policies, expect: { outcome: "allowed" } }));
    expect(status).toBe(0);
  });

  test("what is asked can be narrowed", () => {
    const never = ["prove", "bucket.json", "--account", "111122223333", "--never", "s3:GetObject"];
    const verdict = (...more: string[]) => JSON.parse(run([...never, "--json", ...more]).stdout).verdict;
    expect(verdict("--by", "anonymous")).toBe("refuted");
    expect(verdict("--on", "arn:aws:s3:::site/secret", "--by", "anonymous")).toBe("refuted");
    expect(verdict("--on", "arn:aws:s3:::other/x", "--by", "anonymous")).toBe("proved");
    expect(verdict("--when", '{"aws:SecureTransport":"false"}', "--by", "anonymous")).toBe("refuted");
    expect(verdict("--except", "anonymous", "--by", "anonymous", "--by", "444455556666")).toBe("refuted");
    const grants = ["prove", "wide.json", "--json", "--never", "kms:CreateGrant", "--via"];
    expect(JSON.parse(run([...grants, "rds.*"]).stdout).verdict).toBe("proved");
    expect(JSON.parse(run([...grants, "ec2.eu-west-1.amazonaws.com"]).stdout).verdict).toBe("refuted");
  });

  test("policies of several kinds together", () => {
    const both = ["prove", "role.json", "scp.json", "--never", "s3:GetObject", "--json"];
    const linked = ["--except", "arn:aws:iam::*:role/aws-service-role/*"];
    expect(JSON.parse(run([...both, ...linked]).stdout).verdict).toBe("refuted");
    const { status, stdout } = run([...both, ...linked, "--as", "scp=scp.json"]);
    expect([status, JSON.parse(stdout).verdict]).toEqual([0, "proved"]);
  });

  test("of a case, its policies and its resource", () => {
    const { status, stdout } = run(["prove", "key-case.json", "--never", "kms:CreateGrant", "--json"]);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).request).toMatchObject({ resource: "arn:aws:kms:us-west-2:111122223333:key/1234abcd" });
    expect(run(["prove", "case.json", "--never", "s3:DeleteObject"]).status).toBe(0);
    expect(run(["prove", "case.json", "--never", "s3:GetObject"]).status).toBe(1);
  });

  test("what cannot be decided", () => {
    const asked = ["prove", "undecided.json", "--never", "s3:GetObject"];
    const reason = "`aws:PrincipalTag/n` is compared by operators of several types";
    expect(run(asked)).toEqual(prints(3, `unknown  ${reason}`));
    expect(run([...asked, "--json"])).toEqual(
      prints(3, JSON.stringify({ verdict: "unknown", reason, assumptions: [] })),
    );
  });

  const LIKE = "\n  help: as in `iam-expect prove policies/key.json --never kms:ScheduleKeyDeletion`";
  const HELP = "\n  help: `iam-expect prove --help` lists the options";
  const BLOCK = `\n  help: as in '{"StringEquals": {"aws:PrincipalTag/team": "red"}}'`;
  test.each([
    [["--never", "kms:Decrypt"], `\`iam-expect prove\` needs a file of a policy${LIKE}`],
    [["wide.json"], `\`iam-expect prove\` needs \`--never\`${LIKE}`],
    [["wide.json", "--never"], `\`--never\` needs a value${HELP}`],
    [
      ["wide.json", "--nevr", "kms:Decrypt"],
      "`--nevr` is not an option of `iam-expect prove`\n  help: did you mean `--never`?",
    ],
    [["wide.json", "-x"], `\`-x\` is not an option of \`iam-expect prove\`${HELP}`],
    [["wide.json", "--json=yes"], `\`--json\` takes no value${HELP}`],
    [["wide.json", "--never", "kms:Decrypt", "--when", "[]"], `the value of \`--when\` is not a JSON object${BLOCK}`],
    [
      ["wide.json", "--never", "kms:Decrypt", "--as", "scpp"],
      "`scpp` is not a kind of policy\n  help: did you mean `scp`?",
    ],
    [
      ["wide.json", "--never", "kms:Decrypt", "--as", "scp=other.json"],
      "`other.json` is said to be `scp`, and is not given",
    ],
    [
      ["wide.json", "--never", "kms:Decrypt", "--role", APP],
      "`--role` is of no use here: no file holds a trust policy\n  help: `--as KIND=FILE` says what a file holds",
    ],
    [
      ["case.json", "--never", "kms:Decrypt", "--account", "111122223333"],
      "`--account` is of no use here: a case says its resource",
    ],
    [
      ["case.json", "role.json", "--never", "kms:Decrypt"],
      "a case has all policies of its request: other files beside it have no place",
    ],
    [
      ["cases.json", "--never", "kms:Decrypt"],
      "`cases.json` holds 2 cases, and one is wanted\n  help: put the case into a file of its own",
    ],
    [
      ["mixed.json", "--never", "kms:Decrypt"],
      "`mixed.json` has principals and actions of AWS KMS beside others: what kind of policy it is cannot be told\n  help: say it with `--as key`, `--as resource` or `--as endpoint`",
    ],
  ])("wrong use: %j", (args, message) => {
    expect(run(["prove", ...args])).toEqual(refuses(`error[wrong-use]\n  ${message}`));
  });

  test("wrong input, with its place", () => {
    expect(run(["prove", "broken.json", "--never", "kms:Decrypt"])).toEqual(
      refuses(
        "error[json-syntax] broken.json:1:2\n  expected a key in double quotes or `}`, found the end of the text\n    1 | {\n      |  ^",
      ),
    );
    expect(run(["prove", "none.json", "--never", "kms:Decrypt"])).toEqual(
      refuses(
        `error[unreadable-file]\n  \`none.json\`: there is no such file\n  note: paths start at the working directory, ${folder}`,
      ),
    );
  });
});

describe("diff", () => {
  test("nothing new", () => {
    expect(run(["diff", "wide.json", "narrow.json"])).toEqual(
      prints(
        0,
        "proved   narrow.json allows nothing that wide.json does not\nrests on the key has no grants but those that were given (see who may `kms:CreateGrant`)",
      ),
    );
    expect(run(["diff", "main:wide.json", "narrow.json", "--json"])).toEqual(
      prints(
        0,
        '{"verdict":"proved","assumptions":["the key has no grants but those that were given (see who may `kms:CreateGrant`)"]}',
      ),
    );
  });

  test("new access, between a revision and a file", () => {
    expect(run(["diff", "main:narrow.json", "deployed.json"])).toEqual(
      prints(
        1,
        `iam-expect diff main:narrow.json deployed.json

  wanted   nothing that main:narrow.json does not allow
  got      allow
  request  role/UserRole  kms:ListGrants  the resource of this policy
           kms:ViaService = ec2.us-east-1.amazonaws.com

  "Grants" allows it   deployed.json:7:7
      7 ok |       "Principal": { "AWS": "arn:aws:iam::111122223333:role/UserRole" },
      8 ok |       "Action": ["kms:CreateGrant", "kms:ListGrants"],
      9 ok |       "Resource": "*",
     10 ok |       "Condition": { "StringLike": { "kms:ViaService": "ec2.*" } }

  all new access:
    role/UserRole; kms:CreateGrant, kms:ListGrants; kms:ViaService like "ec2.*" except "ec2.us-west-2.amazonaws.com"

  the same as a test:
    expect(policy).toDeny("arn:aws:iam::111122223333:role/UserRole", "kms:ListGrants").viaService("ec2.us-east-1.amazonaws.com");`,
      ),
    );
  });

  test("wrong use, and what is not known", () => {
    expect(run(["diff", "narrow.json"])).toEqual(
      refuses(
        "error[wrong-use]\n  `iam-expect diff` takes two files, not 1\n  help: as in `iam-expect diff main:policies/key.json policies/key.json`",
      ),
    );
    expect(run(["diff", "mian:narrow.json", "narrow.json"])).toEqual(
      refuses("error[unknown-revision]\n  `mian` is no revision that this clone has\n  help: did you mean `main`?"),
    );
    expect(run(["diff", "role.json", "undecided.json"]).status).toBe(3);
  });
});

describe("access", () => {
  test("as text, and as JSON", () => {
    expect(run(["access", "narrow.json"])).toEqual(
      prints(
        0,
        `${APP}
  when kms:ViaService = "ec2.us-west-2.amazonaws.com"
    kms:CreateGrant
    kms:ListGrants`,
      ),
    );
    const when = ['kms:ViaService = "ec2.us-west-2.amazonaws.com"'];
    const access = [{ who: APP, actions: ["kms:CreateGrant", "kms:ListGrants"], when, needsIdentity: false }];
    expect(run(["access", "narrow.json", "--json"])).toEqual(prints(0, JSON.stringify({ access, exactly: [] })));
    expect(run(["access", "case.json"])).toEqual(prints(0, "the caller\n  on arn:aws:s3:::site/*\n    s3:GetObject"));
  });

  test("wrong use, and what cannot be told", () => {
    expect(run(["access"])).toEqual(
      refuses(
        "error[wrong-use]\n  `iam-expect access` needs a file of a policy\n  help: as in `iam-expect access policies/key.json`",
      ),
    );
    expect(run(["access", "undecided.json"])).toEqual(
      refuses(
        "error[undecided]\n  the access cannot be told: `aws:PrincipalTag/n` is compared by operators of several types",
        3,
      ),
    );
  });
});

describe("points", () => {
  test("as text: on a statement, off it, and beside it", () => {
    const { status, stdout, stderr } = run([
      "points",
      "narrow.json",
      "--key",
      "arn:aws:kms:us-west-2:111122223333:key/1234abcd",
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const lines = stdout.split("\n");
    const via = "kms:ViaService = ec2.us-west-2.amazonaws.com";
    expect(lines[0]).toBe(`on    allow  role/UserRole  kms:ListGrants  key/1234abcd; ${via}`);
    expect(lines).toContain(`off   deny   user/UserRole  kms:ListGrants  key/1234abcd; ${via}  [Grants, Principal]`);
    expect(lines).toContain(`near  allow  role/UserRole  kms:CreateGrant  key/1234abcd; ${via}  [Grants, Action]`);
    expect(lines).toContain(
      "off   deny   role/UserRole  kms:ListGrants  key/1234abcd; kms:ViaService absent  [Grants, kms:ViaService]",
    );
  });

  test.each([
    ["narrow.json"],
    ["wide.json", "role.json"],
    ["role.json", "scp.json", "--as", "scp=scp.json"],
    ["bucket.json", "--account", "111122223333"],
    ["case.json"],
    ["key-case.json"],
  ])("as cases, decide decides each the same: %s %s", (...args) => {
    const { status, stdout, stderr } = run(["points", ...args, "--json"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.split("\n").length).toBeGreaterThan(20);
    const decided = run(["decide", "-"], stdout);
    expect({ status: decided.status, stderr: decided.stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("wrong use", () => {
    expect(run(["points"])).toEqual(
      refuses(
        "error[wrong-use]\n  `iam-expect points` needs a file of a policy\n  help: as in `iam-expect points policies/key.json --json | iam-expect decide -`",
      ),
    );
    expect(run(["points", "broken.json"]).status).toBe(2);
  });
});

describe("help", () => {
  test("of all, and of each command", () => {
    expect(run(["--help"]).stdout).toBe(`iam-expect: unit tests for AWS permissions

  iam-expect prove FILE... --never ACTIONS   proves that policies never allow actions, or prints a request
  iam-expect diff OLD NEW                    what a new version allows that the old one does not
  iam-expect access FILE...                  what policies allow, to whom and when
  iam-expect points FILE...                  requests at the edges of policies
  iam-expect decide FILE...|-                decides cases: one JSON line each, in input order
  iam-expect explain FILE [ID]               tells the whole account of one case
  iam-expect cross-check FILE...             asks AWS's policy simulator each case too

\`iam-expect COMMAND --help\` tells more.
`);
    for (const name of ["prove", "diff", "access", "points", "decide", "explain", "cross-check"]) {
      const { status, stdout } = run([name, "--help"]);
      expect([status, stdout.startsWith(`iam-expect ${name} FILE`) || name === "diff"]).toEqual([0, true]);
      expect(stdout).toMatch(/\nEnds with 0: /);
    }
  });

  test("an unknown command", () => {
    expect(run(["prvoe", "wide.json"])).toEqual(
      refuses("error[wrong-use]\n  `prvoe` is not a command of iam-expect\n  help: did you mean `iam-expect prove`?"),
    );
    for (const name of ["decide", "explain"]) expect(run([name]).status).toBe(2);
  });
});
