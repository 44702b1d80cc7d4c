import MilterCore
import MilterMTA

/// One filter of a ``FilterList``, and the connection to it.
final class ListedFilter {
  private let filter: FilterList.Filter
  private var connection: FilterConnection?
  private(set) var failure: MTAFailure?
  private var hasQuit = false
  var macros: MTAMacros? {
    didSet { if let macros { connection?.set(macros) } }
  }

  init(_ filter: FilterList.Filter) { self.filter = filter }

  /// Asks the filter about a step; `nil` if the filter does not refuse it.
  func perform(_ step: MTAStep) -> FilterList.Answer? {
    if hasQuit { return refusal(of: step) }
    if case .rcpt(let path) = step, path.refusal != nil { return show(step) }
    guard let connection = connected() else { return defaultAnswer(to: step) }
    let exchange = connection.perform(step)
    if let failure = connection.failure {
      self.failure = failure
      return defaultAnswer(to: step)
    }
    let isCut = connection.session.disconnects
    if !exchange.reply.isEmpty || isCut {
      return .init(reply: exchange.reply, disconnects: isCut)
    }
    let isInMessage = [.envfrom, .envrcpt, .data].contains(exchange.callback)
    guard exchange.fate == .asked, exchange.status == .discard, isInMessage else { return nil }
    return .init(isDiscarded: true)
  }

  /// Sends the filter a recipient that the server itself refuses; the filter's reply has no effect.
  private func show(_ step: MTAStep) -> FilterList.Answer? {
    guard let connection = connected() else { return nil }
    connection.perform(step)
    failure = connection.failure
    return connection.session.disconnects ? .init(disconnects: true) : nil
  }

  /// Sends the filter a message's content; `nil` if its default action lets the message pass.
  func finish(_ mail: MTAMail) -> FilterList.Outcome? {
    if failure != nil { return defaultOutcome(mail) }
    // The filter has not got the envelope, so it cannot have accepted the message.
    guard let connection, connection.isInMessage else {
      return .init(verdict: .tempfail, reply: [tempfail], mail: mail)
    }
    for header in mail.message.headers { connection.perform(.header(header)) }
    connection.perform(.eoh)
    if !mail.message.body.isEmpty { connection.perform(.body(mail.message.body)) }
    connection.perform(.eom)
    if let failure = connection.failure {
      self.failure = failure
      return defaultOutcome(mail)
    }
    guard let outcome = connection.session.outcome else { return nil }
    return .init(
      verdict: outcome.verdict, reply: outcome.reply, disconnects: outcome.disconnects,
      mail: outcome.changed(mail, as: filter.profile), quarantineReason: outcome.quarantineReason)
  }

  /// Resets the state of the message after its end.
  func reset() {
    guard failure == nil, let connection, connection.isInMessage else { return }
    connection.perform(.reset)
    failure = connection.failure
  }

  func quit() {
    hasQuit = true
    connection?.quit()
  }

  private func connected() -> FilterConnection? {
    guard failure == nil, !hasQuit else { return nil }
    if let connection { return connection }
    do {
      let connection = try FilterConnection(to: filter.socket, filter.profile)
      if let macros { connection.set(macros) }
      self.connection = connection
      return connection
    } catch {
      failure = MTAFailure(.connectionClosed, "\(error)")
      return nil
    }
  }

  private var tempfail: [UInt8] { Array(filter.profile.replies.tempfail.utf8) }

  /// The answer to a step after the end of the connection.
  private func refusal(of step: MTAStep) -> FilterList.Answer? {
    switch step {
    case .connect, .helo, .unknown, .reset, .newClient: nil
    default: .init(reply: [tempfail])
    }
  }

  /// The reply of the default action; `nil` if the default action lets mail pass.
  private var defaultReply: [[UInt8]]? {
    switch filter.defaultAction {
    case .accept: nil
    case .tempfail: [tempfail]
    case .reject: [Array(filter.profile.replies.reject.utf8)]
    }
  }

  private func defaultAnswer(to step: MTAStep) -> FilterList.Answer? {
    switch step {
    // The client gets a greeting, and its mail is refused later.
    case .connect, .helo, .unknown, .reset, .newClient: nil
    default: defaultReply.map { .init(reply: $0) }
    }
  }

  private func defaultOutcome(_ mail: MTAMail) -> FilterList.Outcome? {
    defaultReply.map { reply in
      .init(
        verdict: filter.defaultAction == .reject ? .reject : .tempfail, reply: reply, mail: mail)
    }
  }
}
