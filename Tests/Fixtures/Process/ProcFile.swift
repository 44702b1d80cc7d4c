import Foundation
package import Glibc

/// Files below `/proc`, which are read up to their end, because their reported size is too small.
package enum ProcFile {
  /// Returns the children of all threads of a process.
  package static func children(of pid: pid_t) throws -> [pid_t] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task").flatMap { thread in
      let path = "/proc/\(pid)/task/\(thread)"
      do {
        return try lines("\(path)/children").flatMap { $0.split(separator: " ") }
      } catch {
        // The thread may have ended since the directory was read.
        guard access(path, F_OK) != 0 else { throw error }
        return []
      }
    }.compactMap { pid_t($0) }
  }

  /// Returns the words of a field of a process's status, such as `Uid`; none if there is no such field.
  package static func status(_ name: String, of pid: pid_t) throws -> [String] {
    let line = try lines("/proc/\(pid)/status").first { $0.hasPrefix("\(name):") } ?? ""
    return line.dropFirst(name.count + 1).split { $0 == "\t" || $0 == " " }.map(String.init)
  }

  /// Returns the lines of a file.
  package static func lines(_ path: String) throws -> [Substring] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw HarnessError.system(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count >= 0 else { throw HarnessError.system(path) }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  }
}
