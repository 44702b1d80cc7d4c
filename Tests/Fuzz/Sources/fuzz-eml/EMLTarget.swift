import FuzzInput
@testable import MilterCore
@testable import MilterMTA

/// Every sequence of bytes is a message, which can be written and sent.
///
/// The input has no decisions, so a file is a seed without changes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let message = MTAMessage(eml: Array(UnsafeBufferPointer(start: data, count: size)))
  let bytes = message.bytes
  guard MTAMessage(eml: bytes).bytes == bytes else {
    fatalError("a written message is read as another one")
  }
  let outcome = outcomeOfContinue(MTAMail(message))
  guard outcome.verdict == .accept, outcome.result.message.bytes == bytes else {
    fatalError("a filter that does nothing did something: \(outcome)")
  }
  return 0
}

/// Returns the outcome of a mail when a filter always returns continue.
private func outcomeOfContinue(_ mail: MTAMail) -> MTAOutcome {
  // The MTA must not change the message before the filter sees it: every change would look like
  // one by the filter.
  var profile = MTAProfile.libmilterReference
  profile.intake.dropsSpaceBeforeColon = false
  var session = MTASession(profile)
  session.send(mail)
  var commands = FrameDecoder()
  while true {
    if let outcome = session.outcome { return outcome }
    commands.append(session.takeOutput())
    do {
      while let frame = try commands.next() {
        let payload = commands.storage.span.extracting(frame.payload)
        _ = try MTACommand(code: frame.code, payload: payload)
      }
    } catch {
      fatalError("a command cannot be read: \(error)")
    }
    let options = MilterOptions(actions: .all, steps: [])
    session.receive(
      session.waiting == .negotiate
        ? FilterReply.negotiate(.init(options: options)).bytes : FilterReply.continue.bytes)
  }
}
