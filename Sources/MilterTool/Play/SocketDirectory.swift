import MilterPlatform
import MilterSystem

/// A directory of our own for the socket of a filter that is started.
struct SocketDirectory: Sendable {
  let path: String

  /// Makes the directory.
  init() throws(FileError) {
    var template = Array("/tmp/milter.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw FileError("cannot make a directory in /tmp", Errno(rawValue: errno))
    }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Removes the directory and what the filter has left in it: its socket, perhaps a lock.
  func remove() {
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
        }
        unlink("\(path)/\(name)")
      }
      closedir(directory)
    }
    rmdir(path)
  }
}
