// Preloaded: whoever opens a connection or asks for a name gets an error.
import dns from "node:dns";
import net from "node:net";

const blocked = () => {
  throw new Error("the network is blocked");
};
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [first] = args.flat();
  // Pipes between processes are no network.
  return typeof first?.path === "string" ? connect.apply(this, args) : blocked();
};
const { lookup } = dns.promises;
// vite asks what this machine calls itself.
dns.promises.lookup = (name, ...more) => (name === "localhost" ? lookup(name, ...more) : blocked());
dns.lookup = blocked;
