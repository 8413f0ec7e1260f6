/** What the analyser takes for possible holds for all that the evaluator fills in: else a proof would miss requests. */
import { expect, test } from "vitest";
import { fixedByCaller } from "../../src/analyse/model.ts";
import { OF_PRINCIPAL, presenceOf } from "../../src/analyse/world.ts";
import { GLOBAL_KEYS } from "../../src/catalog/global-keys.ts";
import { anonymous, federated, federatedUser, role, rootUser, service, session, user } from "../../src/index.ts";
import { buildFacts } from "../../src/request/build-facts.ts";
import { derivedKey, OpenKey } from "../../src/request/derived-keys.ts";

const HOME = "111122223333";
const iam = `arn:aws:iam::${HOME}`;
const CALLERS = [
  anonymous,
  role(`${iam}:role/app`),
  session(`${iam}:role/app`, "main"),
  user(`${iam}:user/ann`),
  rootUser(HOME),
  federatedUser(`arn:aws:sts::${HOME}:federated-user/ann`),
  service("ec2.amazonaws.com"),
  federated("token.actions.githubusercontent.com"),
  federated(`${iam}:saml-provider/corp`),
];
const CLAIMS = [
  "token.actions.githubusercontent.com:sub",
  "token.actions.githubusercontent.com:aud",
  "saml:sub",
  "saml:aud",
];
/** What AWS fills in for a network, a service between, or the resource: the box says which requests have it. */
const OF_REQUEST = /^aws:(sourcevpc|vpc|sourceip|calledvia|resource|tagkeys|requesttag)/;

test.each(CALLERS.map((caller) => [`${caller.type} ${caller.name}`, caller] as const))("%s", (_, principal) => {
  const request = {
    principal,
    action: "kms:Decrypt",
    resource: `arn:aws:kms:us-west-2:${HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
    resourceAccount: HOME,
    context: {},
    givenIdentity: null,
  };
  const facts = buildFacts(request, HOME);
  const names = [...GLOBAL_KEYS.keys.keys(), ...CLAIMS].map((name) => name.toLowerCase());
  const wrong = names.flatMap((folded) => {
    const derived = derivedKey(folded)?.(facts);
    if (derived === undefined || OF_PRINCIPAL.has(folded) || fixedByCaller(folded, facts)) return [];
    const { may, must } = presenceOf(folded);
    if (!may(principal)) return [`${folded} never comes, which the evaluator takes for possible`];
    const always = !(derived instanceof OpenKey) || derived.presence === "always";
    // Whether a service has an id AWS does not say.
    if (folded === "aws:userid" && principal.type === "service") return [];
    return always && !must(principal) && !OF_REQUEST.test(folded) ? [`${folded} may be absent`] : [];
  });
  expect(wrong).toEqual([]);
});
