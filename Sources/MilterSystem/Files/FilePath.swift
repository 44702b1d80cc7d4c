import MilterCore
import MilterPlatform

/// The path of a file, which need not be UTF-8.
package struct FilePath: Hashable, Sendable, CustomStringConvertible {
  /// The path in the form for system calls, with a NUL at its end.
  package let bytes: [CChar]

  /// Creates a path from text.
  package init(_ text: String) { bytes = Array(text.utf8CString) }

  /// Creates a path from bytes without a NUL.
  package init(_ bytes: some Collection<UInt8>) {
    self.bytes = bytes.map(CChar.init(bitPattern:)) + [0]
  }

  /// Creates the path of an argument of this process, with its original bytes.
  ///
  /// Swift replaces invalid UTF-8 in `CommandLine.arguments`, so the path would name another file.
  package init(argument: String) {
    var raw: FilePath?
    if argument.unicodeScalars.contains("\u{FFFD}") {
      let count = Int(CommandLine.argc)
      raw = (0..<count).lazy.compactMap { index in
        CommandLine.unsafeArgv[index].map { FilePath(cString: $0) }
      }.first { $0.text == argument }
    }
    self = raw ?? FilePath(argument)
  }

  /// Creates a path from a C string.
  package init(cString: UnsafePointer<CChar>) {
    var bytes: [CChar] = []
    var place = cString
    while place.pointee != 0 {
      bytes.append(place.pointee)
      place += 1
    }
    self.bytes = bytes + [0]
  }

  /// The path as text; invalid UTF-8 is replaced.
  package var text: String {
    String(decoding: bytes.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Returns the path of a file in this directory.
  package func appending(_ name: FilePath) -> FilePath {
    let slash = CChar(bitPattern: UInt8(ascii: "/"))
    let directory = bytes.dropLast()
    return FilePath(bytes: (directory.last == slash ? directory : directory + [slash]) + name.bytes)
  }

  private init(bytes: ArraySlice<CChar>) { self.bytes = Array(bytes) }

  /// Returns the path with a number after it: that of a message in an mbox file.
  package func numbered(_ number: Int) -> FilePath {
    FilePath(bytes: bytes.dropLast() + FilePath(":\(number)").bytes)
  }

  /// The last component of the path.
  package var name: FilePath {
    let parts = bytes.dropLast().split(separator: CChar(bitPattern: UInt8(ascii: "/")))
    return parts.last.map { FilePath(bytes: $0 + [0]) } ?? self
  }

  /// Returns the directory of a path, empty or with the slash, and the name.
  static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
    let start = path.utf8.index(after: slash)
    return (String(path[..<start]), String(path[start...]))
  }

  /// The path on one line that is safe for a terminal, with unsafe bytes escaped.
  package var description: String {
    VisibleText.visible(bytes.dropLast().map(UInt8.init(bitPattern:)))
  }
}

extension FilePath {
  /// The path of the same file without links and dots; `nil` if it does not exist.
  ///
  /// The corresponding C function is `realpath`.
  package var resolved: FilePath? {
    guard let real = realpath(bytes, nil) else { return nil }
    defer { free(real) }
    return FilePath(cString: real)
  }

  /// Whether the path exists.
  ///
  /// The corresponding C function is `access`.
  package var isThere: Bool { access(bytes, F_OK) == 0 }

  /// Whether this process may execute the file.
  ///
  /// The corresponding C function is `access`.
  package var isExecutable: Bool { access(bytes, X_OK) == 0 }

  /// Removes the file, which must not be a directory.
  ///
  /// The corresponding C function is `unlink`.
  package func remove() throws(FileError) {
    guard unlink(bytes) == 0 else { throw FileError("cannot remove \(self)", .current) }
  }
}
