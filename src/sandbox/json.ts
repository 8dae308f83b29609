export { isObject } from "../json.js";
