import MilterPlatform
import Synchronization

/// A folder of messages, one file each: a message is written in `tmp`, and moved to `new` when it
/// is whole and on the disk.
struct Maildir: Sendable {
  /// A failed system call, with the file and the reason.
  struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ call: String, _ path: String) {
      description = "\(call) \(path): \(String(cString: strerror(errno)))"
    }
  }

  private let path: String
  private static let deliveries = Atomic<Int>(0)
  private static let host: String = {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let text = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.map { $0 == "/" ? "\\057" : $0 == ":" ? "\\072" : "\($0)" }.joined()
  }()

  init(_ path: String) { self.path = path }

  /// Makes the folders that are not there.
  func make() throws {
    for folder in [path, path + "/tmp", path + "/new", path + "/cur"] {
      guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw Failure("mkdir", folder) }
    }
  }

  /// Deletes what crashes left in `tmp`.
  ///
  /// These are files that nobody has read or written for 36 hours, as in maildir(5). Younger ones
  /// may belong to another program.
  func clean(now: Int = time(nil)) {
    let tmp = path + "/tmp"
    guard let folder = opendir(tmp) else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard !name.hasPrefix(".") else { continue }
      var status = stat()
      guard lstat("\(tmp)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        max(status.lastRead, status.lastWritten) < now - 36 * 3600
      else { continue }
      unlink("\(tmp)/\(name)")
    }
  }

  /// Begins a message.
  func begin() throws -> Delivery {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    // No other process has the number, and none of its messages the count.
    let count = Self.deliveries.add(1, ordering: .relaxed).newValue
    let name = "\(now.tv_sec).M\(now.tv_nsec / 1000)P\(getpid())Q\(count).\(Self.host)"
    return try Delivery(in: path, name)
  }

  /// A message that is being written; it is deleted unless it is finished.
  final class Delivery {
    private let (folder, name): (String, String)
    private let file: Int32
    private var buffer: [UInt8] = []
    private var isFinished = false

    private var draft: String { "\(folder)/tmp/\(name)" }

    fileprivate init(in folder: String, _ name: String) throws {
      (self.folder, self.name) = (folder, name)
      file = open("\(folder)/tmp/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard file >= 0 else { throw Failure("open", draft) }
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
        guard count >= 0 || errno == EINTR else { throw Failure("write", draft) }
        rest = rest.dropFirst(max(0, count))
      }
      buffer.removeAll(keepingCapacity: true)
    }

    /// Puts the message in `new`, once it is on the disk.
    ///
    /// - Returns: its name there.
    func finish() throws -> String {
      try flush()
      guard fsync(file) == 0 else { throw Failure("fsync", draft) }
      guard rename(draft, "\(folder)/new/\(name)") == 0 else { throw Failure("rename", draft) }
      isFinished = true
      // The name must also be on the disk.
      let new = open("\(folder)/new", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      defer { if new >= 0 { close(new) } }
      guard new >= 0, fsync(new) == 0 else { throw Failure("fsync", "\(folder)/new") }
      return name
    }
  }
}

extension stat {
  #if canImport(Darwin)
    fileprivate var lastRead: Int { st_atimespec.tv_sec }
    fileprivate var lastWritten: Int { st_mtimespec.tv_sec }
  #else
    fileprivate var lastRead: Int { st_atim.tv_sec }
    fileprivate var lastWritten: Int { st_mtim.tv_sec }
  #endif
}

/// The system's `write`, which a method of that name hides.
private let systemWrite = write
