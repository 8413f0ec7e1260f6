import { refuse } from "../diagnostic/diagnostic.ts";
import { classifySource } from "./classify.ts";
import { type PolicyMaker, readerOf } from "./constructors.ts";
import { whatIs } from "./document.ts";
import { gitSource } from "./git-file.ts";
import type { Policy } from "./policy.ts";

/**
 * Which policy does a file hold in another revision of its git repository? For comparing with what is deployed:
 * `expect(next).toGrantNoMoreThan(policyAt("main", "policies/key.json"))`.
 *
 * @param revision a branch, a tag, a commit, or what git reckons from one: `main`, `origin/main`, `v1.2`, `HEAD~1`
 * @param path of the JSON file; it starts at the working directory
 * @param kind `keyPolicy` and the like; left out: told from the document, as of one that is given to `expect`
 * @param options those of that kind, as of its `.fromFile(path, options)`
 * @returns the policy; places in it read `main:policies/key.json:9:17`
 * @throws DiagnosticError `unknown-revision` (a checkout of one commit has no other: the help gives the command that fetches
 * it), `unreadable-file` (the revision has no such file), `no-repository`, `no-git`, `git-failed`, `wrong-use`, and those of
 * the policy
 * @see https://git-scm.com/docs/gitrevisions
 * @example
 * const before = policyAt("HEAD", "examples/ebs-key/policies/ebs-key.json", keyPolicy, {
 *   key: "arn:aws:kms:us-west-2:111122223333:key/1234abcd",
 * });
 * before.kind; // "key"
 */
export function policyAt<Options>(
  revision: string,
  path: string,
  kind?: PolicyMaker<Options>,
  options?: Options,
): Policy {
  const read = kind === undefined ? undefined : readerOf<Options>(kind);
  if (kind !== undefined && !read)
    refuse("wrong-use", `the kind of a policy is its constructor, not ${whatIs(kind)}`, {
      help: 'as in `policyAt("main", "policies/key.json", keyPolicy, { key: "arn:…" })`',
    });
  const source = gitSource(revision, path);
  return read ? read(source, options) : classifySource(source);
}
