export { isObject } from "../src/json/json.js";
