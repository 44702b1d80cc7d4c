import MilterCommandLine
import MilterMTA
import MilterSystem

/// The messages in files and directories, which are read one after the other.
struct MailSource {
  /// A message to play.
  struct Item: Sendable {
    /// The index among all messages, from 0.
    let number: Int
    /// The file with the message.
    ///
    /// For an mbox file, the number of the message follows the name.
    let name: FilePath
    let message: MTAMessage
    /// The message's share of ``totalSize``, for the progress.
    let size: Int
  }

  /// The size of all messages in bytes; `Int.max` if it is larger.
  ///
  /// Files that are read later count with their current size.
  let totalSize: Int
  /// Warnings about files that are left out.
  let warnings: [String]
  /// Whether all files on the command line were found.
  let isComplete: Bool
  private let files: [MailFile]
  private let repetitions: Int
  private let keepsLineEnds: Bool
  private var nextFile = 0
  /// The rest of the current file.
  private var mailbox: MTAMailbox?
  private var numberInMailbox = 0
  /// The current message, and the number of times to play it again.
  private var current: (name: FilePath, message: MTAMessage, size: Int, left: Int)?
  private var number = 0
  private var waiting: [Item] = []

  /// Finds the files.
  ///
  /// - Parameters:
  ///   - paths: Files, directories, or `-` for standard input.
  ///   - repetitions: The number of times that each message is played.
  ///   - keepsLineEnds: Whether line ends stay as they are in the files.
  /// - Throws: An error if a path does not exist.
  init(_ paths: [String], repetitions: Int, keepsLineEnds: Bool) throws {
    var search = MailSearch()
    try search.find(paths.map { FilePath(argument: $0) })
    files = search.files
    warnings = search.warnings
    isComplete = search.isComplete
    let (size, isTooLarge) = files.reduce(0) { $0 + $1.size }
      .multipliedReportingOverflow(by: repetitions)
    totalSize = isTooLarge ? .max : size
    self.repetitions = repetitions
    self.keepsLineEnds = keepsLineEnds
  }

  /// Whether there are several messages to play.
  mutating func isSeveral() throws -> Bool {
    while waiting.count < 2, let item = try read() { waiting.append(item) }
    return waiting.count > 1
  }

  /// Returns the next message; `nil` after the last one.
  mutating func next() throws -> Item? {
    waiting.isEmpty ? try read() : waiting.removeFirst()
  }

  private mutating func read() throws -> Item? {
    if current?.left ?? 0 == 0 { current = try nextMessage() }
    guard let playing = current else { return nil }
    current?.left -= 1
    defer { number += 1 }
    return Item(number: number, name: playing.name, message: playing.message, size: playing.size)
  }

  private mutating func nextMessage() throws
    -> (name: FilePath, message: MTAMessage, size: Int, left: Int)?
  {
    while true {
      if let message = mailbox?.next() {
        numberInMailbox += 1
        let name = files[nextFile - 1].path.numbered(numberInMailbox)
        return (name, message, message.bytes.count, repetitions)
      }
      mailbox = nil
      guard nextFile < files.count else { return nil }
      let file = files[nextFile]
      nextFile += 1
      let bytes = try FileContents.read(file.path)
      if let found = MTAMailbox(mbox: bytes, keepsLineEnds: keepsLineEnds) {
        mailbox = found
        numberInMailbox = 0
      } else {
        let name = file.path.text == "-" ? FilePath("standard input") : file.path
        let message = MTAMessage(eml: bytes, keepsLineEnds: keepsLineEnds)
        return (name, message, bytes.count, repetitions)
      }
    }
  }
}
