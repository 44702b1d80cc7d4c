import Dispatch
import MilterCore
import MilterSystem

extension Conversation {
  /// How far the work on a connection has come.
  enum Progress {
    /// Everything that came is done with.
    case done
    /// A callback is to run in a task; the next exchange goes on once it has ended.
    case due
    /// The connection is to end.
    case over
  }

  /// The beginning of an exchange.
  enum Reading {
    /// Bytes that have come, or come within the receive time-out.
    case waiting
    /// Bytes that have come.
    case available
    /// Bytes that were read before, and left while the MTA took no replies or a callback was due.
    case nothing
  }

  /// The result of an exchange.
  enum Exchange {
    /// The exchange made progress; `bytes` is the number of bytes read.
    case worked(Progress, bytes: Int)
    /// Nothing came.
    case silence
    case endOfStream
  }

  /// One exchange with the MTA: reads what has come, calls the filter for each command of it, and
  /// writes the answers to all of them at once.
  ///
  /// Frames are left where they are once the MTA takes no more replies, or a callback is due.
  func exchange(_ reading: Reading) throws -> Exchange {
    var received = 0
    if reading != .nothing {
      switch try read(waits: reading == .waiting) {
      case .bytes(let count): received = count
      case .wouldBlock: return .silence
      case .endOfStream: return .endOfStream
      }
      presence?.begin()
    }
    guard let handler = handler ?? attach() else { return .worked(.over, bytes: received) }
    let lock = lock
    lock?.lock()
    defer { lock?.unlock() }
    return .worked(try workOff(handler), bytes: received)
  }

  /// Works on the commands that have come, beginning with one whose callback was due and has ended, and
  /// writes the answers.
  private func workOff(_ handler: any SessionHandler) throws -> Progress {
    // It is not filled again before the frames in it are done with.
    let bytes = input.bytes
    let buffer = bytes.span
    let (isShort, counters) = (isShort, counters)
    var progress = Progress.done
    var wasBlocked = false
    repeat {
      do {
        if let due, let frame = current {
          progress = try conclude(due, buffer.extracting(frame.payload), handler)
          if progress == .done { try flushIfLarge() }
        }
        while progress == .done, !isBlocked, let frame = try input.next() {
          let payload = buffer.extracting(frame.payload)
          switch isShort ? session.receivePlainly(frame.code, payload) : .unknown {
          case .done: commandCount &+= 1
          case .call(let callback):
            progress = try workPlainly(callback, frame, payload, handler, counters)
          case .unknown: progress = try work(frame, payload, handler)
          }
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
    return progress
  }

  /// Works on a command that means its callback and nothing else.
  ///
  /// ``work(_:_:_:)`` does the same in more steps.
  @inline(__always)
  private func workPlainly(
    _ callback: MilterCallback, _ frame: Frame, _ payload: Span<UInt8>,
    _ handler: any SessionHandler, _ counters: ThreadCounters?
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
    return try finish(answer(callback, status), payload, handler)
  }

  /// Works on a command: calls the filter, and answers.
  private func work(
    _ frame: Frame, _ payload: Span<UInt8>, _ handler: any SessionHandler
  ) throws -> Progress {
    current = frame
    if logLevel >= .debug { logCommand(frame) }
    return try finish(session.receive(frame.code, payload), payload, handler)
  }

  /// Goes on with a command whose callback was due and has ended.
  @inline(__always)
  private func conclude(
    _ callback: MilterCallback, _ payload: Span<UInt8>, _ handler: any SessionHandler
  ) throws -> Progress {
    due = nil
    return try finish(try next(after: callback, handler), payload, handler)
  }

  /// Does what a command comes to; it is done with then, unless a callback is due.
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

  /// Performs the steps that the session returns, one after another.
  private func follow(
    _ first: SessionStep, _ payload: Span<UInt8>, _ handler: any SessionHandler
  ) throws -> Progress {
    var step = first
    while true {
      switch step {
      case .done: return .done
      case .call(let callback):
        guard let status = try call(callback, payload, handler) else { return leave(callback) }
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

  /// Tells the filter that the connection ended, and lets go of it.
  ///
  /// - Returns: whether that is done; if a callback is due, call it again once that has ended.
  func end() -> Bool {
    guard let handler else { return true }
    guard withLock({ $0.hasEnded(handler) }) else { return false }
    // Without the lock, which a filter in C takes as it goes.
    letGo()
    // The thread's memory goes to the next connection.
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
      // A callback that ran too long does not keep the next one from running.
      step = session.resume()
    }
    // A C filter can still change the message it has just accepted, to no effect.
    try? flush()
    return true
  }
}
