/** z3 in a process of its own: it crashes when its memory is full, and hangs at times. One question a message. */
import { init } from "z3-solver";

const { Z3 } = await init();

// `eval_smtlib2_string` would be shorter, but it hands its text to another thread on a stack that is used again
// meanwhile: now and then z3 reads another question than was asked. Parsing here is synchronous.
process.on("message", async ({ script, timeout }) => {
  const context = Z3.mk_context(Z3.mk_config());
  const started = performance.now();
  const check = async (text, limit) => {
    const solver = Z3.mk_solver(context);
    Z3.solver_inc_ref(context, solver);
    const params = Z3.mk_params(context);
    Z3.params_inc_ref(context, params);
    Z3.params_set_uint(context, params, Z3.mk_string_symbol(context, "timeout"), limit);
    Z3.solver_set_params(context, solver, params);
    Z3.solver_from_string(context, solver, text);
    const code = Z3.get_error_code(context);
    if (code !== 0) throw new Error(Z3.get_error_msg(context, code));
    const result = await Z3.solver_check(context, solver);
    if (result === -1) return { said: "unsat" };
    if (result === 0) return { said: `z3 gave up: ${Z3.solver_get_reason_unknown(context, solver)}` };
    const model = Z3.solver_get_model(context, solver);
    Z3.model_inc_ref(context, model);
    return { said: "sat", model: Z3.model_to_string(context, model) };
  };
  try {
    process.send({ ...(await check(script, timeout)), took: performance.now() - started });
  } catch (error) {
    process.send({ said: `error: ${error instanceof Error ? error.message : String(error)}`, took: 0 });
  } finally {
    Z3.del_context(context);
  }
});
process.send({ ready: true });
