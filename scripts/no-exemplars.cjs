/**
 * The library of numbers asks OpenTelemetry for examples of what it counts, which nobody has it do. Its own copy of
 * OpenTelemetry's API would take the place of the operator's.
 */
module.exports = {};
