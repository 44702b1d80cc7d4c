import Dispatch
import MilterCore
import MilterSystem

extension Conversation {
  /// The progress of the work on a connection.
  enum Progress {
    /// All commands that have arrived are complete.
    case done
    /// A callback must run in a task. The next exchange continues after it has ended.
    case due
    /// The connection must end.
    case over
  }

  /// The input of an exchange.
  enum Reading {
    /// Bytes that have arrived, or that arrive within the receive timeout.
    case waiting
    /// Bytes that have arrived.
    case available
    /// Bytes that were read before, but not handled because the MTA did not read replies or a callback was due.
    case nothing
  }

  /// The result of an exchange.
  enum Exchange {
    /// The exchange made progress; `bytes` is the number of bytes that were read.
    case worked(Progress, bytes: Int)
    /// Nothing arrived.
    case silence
    case endOfStream
  }

  /// Performs an exchange; creates the filter when the first bytes have arrived.
  func exchange(_ reading: Reading) throws -> Exchange {
    if let handler { return try exchange(reading, with: handler) }
    var received = 0
    if let end = try receive(reading, &received) { return end }
    beginTurn()
    guard let handler = attach() else {
      endTurn()
      return .worked(.over, bytes: received)
    }
    guard case .worked(let progress, _) = try exchange(.nothing, with: handler) else {
      preconditionFailure("an exchange that reads nothing does work")
    }
    return .worked(progress, bytes: received)
  }

  /// Performs one exchange with the MTA: reads the bytes that have arrived, calls the filter for each command,
  /// beginning with one whose due callback has ended, and writes all answers together.
  ///
  /// Frames stay in the buffer while the MTA reads no replies, or a callback is due.
  ///
  /// - Parameters:
  ///   - reading: The input.
  ///   - handler: The filter, ``Conversation/handler``. The caller has it for many exchanges, because each of
  ///     them would otherwise count a reference.
  /// - Returns: The result of the exchange.
  /// - Throws: The error that ends the connection.
  func exchange(_ reading: Reading, with handler: any SessionHandler) throws -> Exchange {
    var received = 0
    if let end = try receive(reading, &received) { return end }
    var progress = Progress.done
    beginTurn()
    // A due callback begins in the same turn.
    defer { if progress != .due { endTurn() } }
    lock?.lock()
    defer { lock?.unlock() }
    // The buffer is not filled again before its frames are complete.
    let bytes = input.bytes
    let buffer = bytes.span
    var wasBlocked = false
    repeat {
      do {
        if let due, let frame = current {
          progress = try conclude(due, buffer.extracting(frame.payload), handler)
          if progress == .done { try flushIfLarge() }
        }
        while progress == .done, !isBlocked, let frame = try input.next() {
          // The input returns only frames that have arrived as a whole.
          let payload = buffer.extracting(unchecked: frame.payload)
          switch isShort ? session.receivePlainly(frame.code, payload) : .unknown {
          case .done: commandCount &+= 1
          case .call(let callback):
            progress = try workPlainly(callback, frame, payload, handler)
          case .unknown: progress = try work(frame, payload, handler)
          }
          // A burst of short commands may have answers of any size.
          if progress == .done { try flushIfLarge() }
        }
      } catch {
        // Earlier answers of the filter must still reach the MTA.
        try? flush()
        throw error
      }
      if progress == .due { break }
      presence?.end()
      wasBlocked = isBlocked
      try flushOrConfirm()
      // If the MTA has read the replies in the meantime, nothing else would continue with the remaining frames.
    } while progress == .done && wasBlocked && !isBlocked
    endedBlocked = isBlocked
    return .worked(progress, bytes: received)
  }

  /// Reads the input of an exchange.
  ///
  /// - Returns: The result of the exchange if nothing arrived.
  @inline(__always)
  private func receive(_ reading: Reading, _ count: inout Int) throws -> Exchange? {
    guard reading != .nothing else { return nil }
    switch try read(waits: reading == .waiting) {
    case .bytes(let received): count = received
    case .wouldBlock: return .silence
    case .endOfStream: return .endOfStream
    }
    presence?.begin()
    return nil
  }

  /// Handles a command that only calls its callback.
  ///
  /// ``work(_:_:_:)`` does the same with more steps.
  @inline(__always)
  private func workPlainly(
    _ callback: MilterCallback, _ frame: Frame, _ payload: Span<UInt8>,
    _ handler: any SessionHandler
  ) throws -> Progress {
    current = frame
    let status: CallbackStatus?
    do {
      status = try callPlainly(callback, payload, handler)
    } catch {
      current = nil
      throw error
    }
    guard let status else { return leave(callback) }
    if let known = status.known, session.answerPlainly(known, from: callback, to: &output) {
      counters?.count(callback, known)
      current = nil
      commandCount &+= 1
      return .done
    }
    return try finishRarely(callback, status, payload, handler)
  }

  /// Continues with a command whose callback has returned another status than most.
  @inline(never)
  private func finishRarely(
    _ callback: MilterCallback, _ status: CallbackStatus, _ payload: Span<UInt8>,
    _ handler: any SessionHandler
  ) throws -> Progress {
    try finish(answer(callback, status), payload, handler)
  }

  /// Handles a command: calls the filter, and answers.
  @inline(never)
  private func work(
    _ frame: Frame, _ payload: Span<UInt8>, _ handler: any SessionHandler
  ) throws -> Progress {
    current = frame
    if logLevel >= .debug { logCommand(frame) }
    return try finish(session.receive(frame.code, payload), payload, handler)
  }

  /// Continues with a command whose due callback has ended.
  @inline(never)
  private func conclude(
    _ callback: MilterCallback, _ payload: Span<UInt8>, _ handler: any SessionHandler
  ) throws -> Progress {
    due = nil
    return try finish(try next(after: callback, handler), payload, handler)
  }

  /// Performs the steps of a command, which is then complete, unless a callback is due.
  @inline(__always)
  private func finish(
    _ first: @autoclosure () throws -> SessionStep, _ payload: Span<UInt8>,
    _ handler: any SessionHandler
  ) throws -> Progress {
    do {
      let progress = try follow(try first(), payload, handler)
      if progress != .due {
        current = nil
        commandCount &+= 1
      }
      return progress
    } catch {
      current = nil
      throw error
    }
  }

  /// Performs the steps that the session returns, one after the other.
  private func follow(
    _ first: consuming SessionStep, _ payload: Span<UInt8>, _ handler: any SessionHandler
  ) throws -> Progress {
    var step = first
    while true {
      switch consume step {
      case .done: return .done
      case .call(let callback):
        guard let status = try call(callback, payload, handler) else { return leave(callback) }
        step = answer(callback, status)
      case .acknowledge(let callback):
        introduce(callback, payload)
        step = reply(to: callback, .status(.continue))
      case .messageBegan:
        counters?.add(to: .messages)
        handler.messageBegan()
        step = session.resume()
      case .messageEnded:
        unnameMessage()
        handler.messageEnded()
        step = session.resume()
      case .mistake(let mistake):
        counters?.count(.filter)
        log.put(.error, .answer, "\(mistake)")
        step = session.resume()
      case .abort:
        if session.hasBegunMessage { counters?.add(to: .abortedMessages) }
        guard try run(.abort, { handler.abort() ? () : nil }) != nil else { return leave(.abort) }
        step = session.resume()
      case .close:
        guard try run(.close, { handler.close() ? () : nil }) != nil else { return leave(.close) }
        step = session.resume()
      case .negotiate:
        let offered = try session.offer(payload)
        guard let (status, wanted) = try run(.negotiate, { try handler.negotiate(offered) }) else {
          return leave(.negotiate)
        }
        try agree(status, wanted)
        step = .done
      case .quit: return .over
      case .fail(let error): throw error
      }
    }
  }

  /// Tells the filter that the connection has ended, and releases it.
  ///
  /// - Returns: Whether this is complete. If a callback is due, call the method again after it has ended.
  func end() -> Bool {
    if let handler {
      beginTurn()
      guard withLock({ $0.hasEnded(handler) }) else { return false }
      endTurn()
      // Without the lock, which a C filter needs to clean up.
      letGo()
    }
    // The thread's memory is for the next connection.
    input = ReceiveBuffer()
    return true
  }

  private func hasEnded(_ handler: any SessionHandler) -> Bool {
    presence?.begin()
    var step: SessionStep
    if let due {
      self.due = nil
      step = (try? next(after: due, handler)) ?? session.resume()
    } else {
      step = session.end()
    }
    while true {
      if let progress = try? follow(step, Span(), handler) {
        guard progress != .due else { return false }
        break
      }
      // The next callback runs even if this one exceeded its time.
      step = session.resume()
    }
    // A C filter can still change the message that it has just accepted, without effect.
    try? flush()
    return true
  }
}
