import MilterFilterFixtures
import MilterKit
import Testing

/// Sends a message through a filter with actions in eom, and returns the queued message.
///
/// Recipients may have parameters, as with `deliver`. With `keepsSpace`, the filter negotiates that values
/// keep their leading space.
func queued(
  by kind: RealMTA.Kind, _ mail: [UInt8] = mail(), from sender: String = "sender@from.example",
  to recipients: [String] = ["rcpt@to.example"], parameters: String = "",
  keepsSpace: Bool = false, after change: @escaping Change
) async throws -> QueuedMessage {
  try await withFilter(
    kind, making: { changing(keepsSpace: keepsSpace, at: .eom, change) }
  ) { mta, _ in
    try mta.queued(mail, from: sender, to: recipients, parameters: parameters)
  }
}

/// A filter's actions on a message.
typealias Change = @Sendable (ScriptedFilter) throws -> Void

/// Returns a filter that makes a change in one callback, and continues in all callbacks.
func changing(
  keepsSpace: Bool = false, at moment: MilterCallback, _ change: @escaping Change
) -> ScriptedFilter {
  ScriptedFilter { filter, callback in
    if callback == .negotiate, keepsSpace { filter.wanted.steps.insert(.hdrLeadspc) }
    if callback == moment { try change(filter) }
    return .continue
  }
}

extension ScriptedFilter {
  /// Returns the same filter with another verdict in eom.
  func ending(with verdict: MilterStatus) -> ScriptedFilter {
    ScriptedFilter { [script] filter, callback in
      let status = try script(filter, callback)
      return callback == .eom ? verdict : status
    }
  }
}

/// Returns a message with the fields that Sendmail would add itself, then these fields, and then the body.
///
/// Lines may end with LF. The result has CR LF.
func mail(_ fields: String..., body: String = "Hello\n") -> [UInt8] {
  let origin = [
    "Date: Sat, 21 Nov 2026 14:00:00 +0000", "From: <sender@from.example>",
    "Message-Id: <1@from.example>",
  ]
  return Array(((origin + fields).joined(separator: "\n") + "\n\n" + body).utf8).withCRLF
}

extension RealMTA {
  /// Sends a message that must be accepted, and returns the queued message.
  func queued(
    _ mail: [UInt8], from sender: String = "sender@from.example",
    to recipients: [String] = ["rcpt@to.example"], parameters: String = ""
  ) throws -> QueuedMessage {
    let delivery = try deliver(mail, from: sender, to: recipients, parameters: parameters)
    return try message(try #require(delivery.queueID, "\(delivery.final)"))
  }
}

extension QueuedMessage {
  /// The fields of the message, without those that all test messages have.
  var fields: [String] { ownHeaders.map(\.description) }

  /// The fields of the message, byte for byte, without those that all test messages have.
  var ownHeaders: [QueuedHeader] {
    headers.filter { !["Received", "Date", "From", "Message-Id"].contains($0.name) }
  }
}
