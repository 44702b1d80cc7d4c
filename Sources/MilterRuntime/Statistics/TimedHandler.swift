import Dispatch
import MilterCore

/// Runs another handler's callbacks and counts how long they take.
///
/// Reading the clock twice costs more than all else that is counted, so only servers that want the
/// times have these handlers.
final class TimedHandler: SessionHandler {
  private let handler: any SessionHandler
  private var context: MilterContext?

  init(_ handler: any SessionHandler) { self.handler = handler }

  var name: String { handler.name }
  var callbacks: MilterCallbacks { handler.callbacks }
  var rules: SessionRules { handler.rules }

  func attach(to context: MilterContext) {
    self.context = context
    handler.attach(to: context)
  }

  func negotiate(_ offered: MilterOptions) throws -> (status: Int32, wanted: MilterOptions) {
    let start = DispatchTime.now().uptimeNanoseconds
    defer { count(.negotiate, since: start) }
    return try handler.negotiate(offered)
  }

  func run(_ callback: MilterCallback, _ payload: Span<UInt8>) throws(MilterError) -> Int32 {
    let start = DispatchTime.now().uptimeNanoseconds
    defer { count(callback, since: start) }
    return try handler.run(callback, payload)
  }

  func pass(_ callback: MilterCallback, _ payload: Span<UInt8>) {
    handler.pass(callback, payload)
  }

  func messageBegan() { handler.messageBegan() }

  func messageEnded() { handler.messageEnded() }

  func abort() {
    let start = DispatchTime.now().uptimeNanoseconds
    handler.abort()
    count(.abort, since: start)
  }

  func close() {
    let start = DispatchTime.now().uptimeNanoseconds
    handler.close()
    count(.close, since: start)
  }

  private func count(_ callback: MilterCallback, since start: UInt64) {
    let time = DispatchTime.now().uptimeNanoseconds &- start
    context?.counters?.count(callback, time: Int(clamping: time))
  }
}
