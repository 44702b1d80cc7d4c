import Foundation
import Synchronization

/// A folder of messages, with a file for each.
///
/// A message is written in `tmp`. It moves to `new` when all of it is on the disk.
struct Maildir: Sendable {
  /// A failed system call, with the file and the reason.
  struct Failure: Error, CustomStringConvertible {
    let description: String

    /// Creates a failure with the reason in `errno`.
    init(_ call: String, _ path: String) {
      description = "\(call) \(path): \(String(cString: strerror(errno)))"
    }
  }

  private let path: String

  /// The number of messages that this process has begun.
  private static let count = Atomic<Int>(0)

  /// The host's name in the form for file names.
  private static let host: String = {
    var buffer = [CChar](repeating: 0, count: 256)
    gethostname(&buffer, buffer.count - 1)
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
      .replacing("/", with: "\\057")
      .replacing(":", with: "\\072")
  }()

  init(_ path: String) { self.path = path }

  /// Creates the folders that do not exist.
  func make() throws {
    for folder in [path, path + "/tmp", path + "/new", path + "/cur"] {
      guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw Failure("mkdir", folder) }
    }
  }

  /// Deletes the files that a crash left in `tmp`.
  ///
  /// These are files that no program has written for 36 hours, about as maildir(5) recommends. Newer files may
  /// belong to another program.
  func clean(now: Date = Date()) {
    let tmp = path + "/tmp"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: tmp)) ?? []
    for name in names where !name.hasPrefix(".") && Self.isAbandoned("\(tmp)/\(name)", now) {
      unlink("\(tmp)/\(name)")
    }
  }

  private static func isAbandoned(_ file: String, _ now: Date) -> Bool {
    guard let status = try? FileManager.default.attributesOfItem(atPath: file),
      status[.type] as? FileAttributeType == .typeRegular,
      let lastChange = status[.modificationDate] as? Date
    else { return false }
    return now.timeIntervalSince(lastChange) > 36 * 3600
  }

  /// Begins a message.
  func begin() throws -> MaildirDelivery {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let microseconds = now.tv_nsec / 1000
    // The process ID and the count make the name unique on this host.
    let count = Self.count.add(1, ordering: .relaxed).newValue
    let name = "\(now.tv_sec).M\(microseconds)P\(getpid())Q\(count).\(Self.host)"
    return try MaildirDelivery(in: path, name)
  }
}
