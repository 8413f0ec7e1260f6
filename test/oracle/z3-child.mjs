/** z3 in a process of its own: it crashes when its memory is full, and hangs at times. One question a message. */
import { init } from "z3-solver";

const { Z3 } = await init();
process.on("message", async ({ script, values, timeout }) => {
  const config = Z3.mk_config();
  const context = Z3.mk_context(config);
  const ask = (text) => Z3.eval_smtlib2_string(context, text);
  const started = performance.now();
  try {
    const said = (await ask(`(set-option :timeout ${timeout})\n${script}`)).trim();
    const took = performance.now() - started;
    const model = said === "sat" && values.length > 0 ? await ask(`(get-value (${values.join(" ")}))`) : undefined;
    process.send({ said, took, model });
  } catch (error) {
    process.send({ said: `error: ${error instanceof Error ? error.message : String(error)}`, took: 0 });
  } finally {
    Z3.del_context(context);
    Z3.del_config(config);
  }
});
process.send({ ready: true });
