package import MilterCore

/// A fast path for most steps of a message, and for the reply continue.
///
/// It is for drivers that keep the content themselves and relay another MTA's macros, as a chain does.
/// ``perform(_:)``, ``takeOutput()``, and ``receive(_:)`` do the same with five times as many instructions.
/// PlainTellingTests compares both.
extension MTASession {
  /// Performs a step of the envelope or content, if it needs no special treatment.
  ///
  /// - Parameters:
  ///   - step: The step.
  ///   - output: An empty buffer. The bytes to send are appended here, and ``takeOutput()`` does not return them.
  /// - Returns: Whether the step was performed. If not, the session is unchanged, the contents of `output` are
  ///   meaningless, and the caller must use ``perform(_:)``.
  package mutating func performPlainly(_ step: MTAStep, to output: inout ByteWriter) -> Bool {
    guard !keepsContent, profile.dialect == .complete, isIdle, writer.isEmpty, !isClosed,
      !hasQuit, refusal == nil, case .none = settled, case .none = script, case .some = relayed,
      let options = negotiated?.options
    else { return false }
    let callback: MilterCallback
    let isInContent = transaction?.plainContent()
    switch step {
    case .mail:
      // There must be no message.
      guard case .none = isInContent, !isInMessage, !owesAbort else { return false }
      callback = .envfrom
    case .rcpt(let path):
      guard isInContent == false, path.refusal == nil else { return false }
      callback = .envrcpt
    case .data:
      guard isInContent == false, options.version >= 4, transaction?.hasRecipients == true else {
        return false
      }
      callback = .data
    case .header, .eoh:
      guard isInContent == true else { return false }
      callback = step.callback
    case .body(let bytes):
      guard isInContent == true, !bytes.isEmpty, bytes.count <= chunkSize, lastChunk.isEmpty,
        !profile.endsWithBody
      else { return false }
      callback = .body
    default: return false
    }
    let isLeftOut = isLeftOut(callback, options.steps)
    if isLeftOut {
      guard !profile.macros.unwantedSteps.contains(.init(callback)) else { return false }
    } else {
      if let macros = relayedMacros(before: step) {
        MTACommand.macro(step.code.rawValue, macros).write(to: &output)
      }
      guard write(step, options, to: &output) else { return false }
    }
    if current?.begin(step) == nil { current = MTAExchange(step) }
    switch step {
    case .mail(let path): beginMessage(path)
    case .rcpt(let path): transaction?.add(path)
    case .data:
      transaction?.hasQueueFile = true
      transaction?.isContent = true
    default: break
    }
    if isLeftOut {
      current?.fate = .leftOut
      return true
    }
    transaction?.isShown = true
    if isNoReply(callback) { current?.fate = .told } else { waiting = callback }
    return true
  }

  /// Processes the reply continue to a step that ``performPlainly(_:to:)`` has performed, if a reply is due.
  package mutating func continuePlainly() {
    guard let callback = waiting else { return }
    replyCount += 1
    current?.replies = Self.continued
    lastAnswered = callback
    waiting = nil
  }

  private static let continued = [FilterReply.continue]

  /// Writes the command of a step, if its strings fit into a packet as they are.
  private func write(
    _ step: MTAStep, _ options: MilterOptions, to output: inout ByteWriter
  ) -> Bool {
    let code = step.code.rawValue
    switch step {
    case .mail(let path), .rcpt(let path):
      guard profile.bracketsAddresses, !profile.addressHasArguments, isFit(path.address),
        path.arguments.allSatisfy(isFit)
      else { return false }
      output.frame(code) { output in
        output.append(cString: path.address)
        for argument in path.arguments { output.append(cString: argument) }
      }
    case .header(let header):
      let size = header.name.count + header.value.count
      guard !header.name.isEmpty, size < maximumPayload - 4, !header.name.contains(0),
        !header.value.contains(0)
      else { return false }
      let hasSpace = options.steps.contains(.hdrLeadspc) && header.separator.last == 0x20
      output.frame(code) { output in
        output.append(cString: header.name)
        if hasSpace { output.append(0x20) }
        output.append(cString: header.value)
      }
    case .body(let bytes): output.frame(code) { $0.append(bytes) }
    default: output.frame(code)
    }
    return true
  }

  /// Whether a string fits into a packet as it is.
  private func isFit(_ string: [UInt8]) -> Bool {
    string.count <= Self.stringLimit && !string.contains(0)
  }
}

extension Transaction {
  /// Whether the content has begun; `nil` if the filter has given a verdict or skipped something.
  ///
  /// It changes nothing. It is mutating because the transaction would otherwise be copied for the call.
  fileprivate mutating func plainContent() -> Bool? {
    guard case .none = decision, skipped.isEmpty else { return nil }
    return isContent
  }
}
