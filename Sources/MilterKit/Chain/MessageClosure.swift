import MilterRuntime

/// A filter that calls a closure.
final class MessageClosure: MessageMilter {
  private let work: (inout MilterMessage, MilterNotes) async throws -> MilterStatus

  required init() {
    work = { _, _ in .continue }
    super.init()
  }

  init(_ work: @escaping (inout MilterMessage, MilterNotes) async throws -> MilterStatus) {
    self.work = work
    super.init()
  }

  nonisolated(nonsending) override func message(_ message: inout MilterMessage) async throws
    -> Status
  { try await work(&message, messageNotes) }
}
