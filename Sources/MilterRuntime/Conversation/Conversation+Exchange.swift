import Dispatch
import MilterCore
import MilterSystem

extension Conversation {
  /// How far the work on a connection has come.
  enum Progress {
    /// Everything that came is done with.
    case done
    /// A callback is to run in a task; ``resume()`` goes on once it has ended.
    case due
    /// The connection is to end.
    case over
  }

  /// What an exchange begins with.
  enum Reading {
    /// Bytes that have come, or come within the receive time-out.
    case waiting
    /// Bytes that have come.
    case available
    /// Frames that were read before, and left while the MTA took no replies.
    case nothing
  }

  /// What came of an exchange.
  enum Exchange {
    /// So many bytes were read.
    case worked(Progress, bytes: Int)
    /// Nothing came.
    case silence
    case endOfStream
  }

  /// One exchange with the MTA: reads what has come, calls the filter for each command of it, and
  /// writes the answers to all of them at once.
  ///
  /// Frames are left where they are once the MTA takes no more replies.
  func exchange(_ reading: Reading) throws -> Exchange {
    var received = 0
    if reading != .nothing {
      switch try read(waits: reading == .waiting) {
      case .bytes(let count): received = count
      case .wouldBlock: return .silence
      case .endOfStream: return .endOfStream
      }
    }
    guard let handler = handler ?? attach() else { return .worked(.over, bytes: received) }
    presence?.begin()
    lock?.lock()
    defer { lock?.unlock() }
    // It is not filled again before the frames in it are done with.
    let buffer = decoder.storage
    var progress = Progress.done
    var wasBlocked = false
    repeat {
      do {
        while progress == .done, !isBlocked, let frame = try decoder.next() {
          progress = try work(frame, buffer.span.extracting(frame.payload), handler)
          // A burst of short commands may have answers of any size.
          if progress == .done { try flushIfLarge() }
        }
      } catch {
        // What the filter has answered before must reach the MTA all the same.
        try? flush()
        throw error
      }
      if progress == .due { break }
      presence?.end()
      wasBlocked = isBlocked
      try flushOrConfirm()
      // If the MTA has taken the replies meanwhile, nothing else would come back to the frames left.
    } while progress == .done && wasBlocked && !isBlocked
    return .worked(progress, bytes: received)
  }

  /// Works on a command: calls the filter, and answers.
  private func work(
    _ frame: Frame, _ payload: Span<UInt8>, _ handler: any SessionHandler
  ) throws -> Progress {
    current = frame
    if logLevel >= .debug { logCommand(frame) }
    let step = session.receive(frame.code, payload)
    return try concluding { try follow(step, payload, handler) }
  }

  /// Works on a command, which is done with unless a callback is due.
  @inline(__always)
  private func concluding(_ body: () throws -> Progress) throws -> Progress {
    do {
      let progress = try body()
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

  /// Does what the session says, one step after another.
  private func follow(
    _ first: SessionStep, _ payload: Span<UInt8>, _ handler: any SessionHandler
  ) throws -> Progress {
    var step = first
    while true {
      switch step {
      case .done: return .done
      case .call(let callback):
        guard let status = try call(callback, payload, handler) else { return leave(step) }
        step = answer(callback, status)
      case .acknowledge(let callback):
        if callback == .connect { presence?.meet(payload) }
        handler.pass(callback, payload)
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
        guard try run(.abort, { handler.abort() ? () : nil }) != nil else { return leave(step) }
        step = session.resume()
      case .close:
        guard try run(.close, { handler.close() ? () : nil }) != nil else { return leave(step) }
        step = session.resume()
      case .negotiate:
        let offered = try session.offer(payload)
        guard let (status, wanted) = try run(.negotiate, { try handler.negotiate(offered) }) else {
          return leave(step)
        }
        try agree(status, wanted)
        step = .done
      case .quit: return .over
      case .fail(let error): throw error
      }
    }
  }

  /// Goes on after a callback that was due and has ended.
  func resume() throws -> Progress {
    guard let frame = current, let due, let handler else { return .done }
    self.due = nil
    let buffer = decoder.storage
    do {
      let progress = try concluding {
        let step = try next(after: due, handler)
        return try follow(step, buffer.span.extracting(frame.payload), handler)
      }
      switch progress {
      case .done: try flushIfLarge()
      case .due: return .due
      case .over:
        try flush()
        return .over
      }
    } catch {
      try? flush()
      throw error
    }
    guard case .worked(let progress, _) = try exchange(.nothing) else { return .done }
    return progress
  }

  /// Tells the filter that the connection ended, and lets go of it.
  ///
  /// - Returns: whether that is done; if a callback is due, call it again once that has ended.
  func end() -> Bool {
    guard let handler else { return true }
    guard withLock({ $0.hasEnded(handler) }) else { return false }
    // Without the lock, which a filter in C takes as it goes.
    letGo()
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
      // A callback that ran too long does not keep the next one from running.
      step = session.resume()
    }
    // A C filter can still change the message it has just accepted, to no effect.
    try? flush()
    return true
  }
}
