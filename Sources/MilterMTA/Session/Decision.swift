import MilterCore

/// A verdict or failure that ends a message, or all messages of a connection.
struct Decision: Sendable {
  var verdict: MTAVerdict
  var callback: MilterCallback?
  var reply: [[UInt8]] = []
  var disconnects = false
  var failure: MTAFailure?
}
