import { randomInt } from "node:crypto";
import { type Counterpart, numberInput } from "./resource";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const signs = "!@#$%&*()-_=+[]{}<>:?";

/** Another one at each start: nothing here outlives the process that knows it. */
export const randomPassword: Counterpart = {
    does: "runs",
    required: ["length"],
    create(resource) {
        const length = numberInput(resource, "length", 0);
        const characters = resource.inputs["special"] === false ? letters : letters + signs;
        const result = Array.from({ length }, () => characters[randomInt(characters.length)]);
        return { id: "none", outputs: { result: result.join("") } };
    },
};
