import Foundation

/// A message that is being written to a maildir.
///
/// It is deleted unless it is finished.
final class MaildirDelivery {
  private let folder: String
  private let name: String
  private let file: Int32
  private var buffer: [UInt8] = []
  private var isFinished = false

  private var draft: String { "\(folder)/tmp/\(name)" }

  /// Creates the message's file in `tmp`.
  init(in folder: String, _ name: String) throws {
    self.folder = folder
    self.name = name
    file = open("\(folder)/tmp/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Maildir.Failure("open", draft) }
  }

  deinit {
    guard file >= 0 else { return }
    close(file)
    if !isFinished { unlink(draft) }
  }

  /// Writes more of the message.
  func write(_ bytes: some Collection<UInt8>) throws {
    buffer += bytes
    if buffer.count >= 64 * 1024 { try flush() }
  }

  private func flush() throws {
    var rest = buffer[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { systemWrite(file, $0.baseAddress, $0.count) }
      guard count >= 0 || errno == EINTR else { throw Maildir.Failure("write", draft) }
      rest = rest.dropFirst(max(0, count))
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Moves the message to `new`, after its contents are on the disk.
  ///
  /// - Returns: Its name there.
  func finish() throws -> String {
    try flush()
    guard fsync(file) == 0 else { throw Maildir.Failure("fsync", draft) }
    guard rename(draft, "\(folder)/new/\(name)") == 0 else {
      throw Maildir.Failure("rename", draft)
    }
    isFinished = true
    try Self.sync("\(folder)/new")
    return name
  }

  /// Waits until the names in a folder are on the disk.
  private static func sync(_ folder: String) throws {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, fsync(descriptor) == 0 else { throw Maildir.Failure("fsync", folder) }
  }
}

/// The system's `write`; in the class, the name refers to the method.
private let systemWrite = write
