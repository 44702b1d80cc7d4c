import MilterPlatform

struct Unreadable: Error, CustomStringConvertible { let description: String }

/// Returns the contents of a file.
func contents(of path: String) throws -> String {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  let size = file < 0 ? -1 : Int(lseek(file, 0, SEEK_END))
  defer { if file >= 0 { close(file) } }
  var bytes = [UInt8](repeating: 0, count: max(0, size))
  guard size >= 0, pread(file, &bytes, size, 0) == size else {
    throw Unreadable(description: "\(path): \(String(cString: strerror(errno)))")
  }
  return String(decoding: bytes, as: UTF8.self)
}
