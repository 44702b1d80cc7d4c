import Foundation
import MilterProcessFixtures
import Testing

/// Only MilterSystem makes system calls.
struct SystemCallTests {
  /// Files and folders that may import the C library, and why.
  private static let importers = [
    // It uses only functions without system calls, such as memchr and inet_pton. MilterCore imports no
    // other module of this package, so it cannot get them from MilterSystem.
    "Sources/MilterCore/CLibrary.swift",
    // C filters pass C types, so the drop-in library needs functions such as malloc and strlen.
    "Compat/LibmilterABI/",
  ]

  /// Files outside MilterSystem that distinguish the C libraries by `#if canImport`, and why.
  private static let ladders = [
    "Sources/MilterCore/CLibrary.swift",
    // These samples show the code that a program ported from C needs.
    "Samples/doorman/Libmilter/Doorman.swift",
    "Samples/doorman/MilterKit/main.swift",
  ]

  private static let room = "Sources/MilterSystem/"

  /// Functions and variables of the C library that make system calls, and Foundation's types and initializers for files.
  ///
  /// No method in this package has one of the names.
  private static let call: Result<NSRegularExpression, any Error> = Result {
    let functions = [
      #"pthread_\w+|posix_spawn\w*|sig(?:action|wait|pending|emptyset|fillset|addset)|kill|raise|fork"#,
      #"waitpid|_?exit|atexit|get(?:e?[ug]id|p?pid|env|pw\w+|gr(?:nam|gid|ouplist)\w*|groups|hostname)"#,
      "(?:un)?setenv|set(?:e?[ug]id|sockopt|rlimit|groups)|get(?:sockopt|rlimit|rusage|ifaddrs)",
      "get(?:addr|name)info|isatty|usleep|nanosleep|sysconf|clock_gettime|gettimeofday|vsyslog|openlog",
      "fopen|fdopen|fread|fwrite|fputs|fputc|fflush|opendir|readdir|mkdir|rmdir|unlink|mkstemp|mkdtemp",
      "realpath|readlink|[lf]?stat|f?ch(?:mod|own)|utimes|umask|f?truncate|lseek|pread|pwrite|flock",
      "fcntl|ioctl|fsync|mmap|dlsym|dlopen|getopt_long",
    ].joined(separator: "|")
    let variables = "errno|environ|optarg|optind"
    let files = #"File(?:Manager|Handle)\b|(?:Data|String)\(contentsOf(?:File)?:"#
    return try NSRegularExpression(
      pattern: #"(?<![.\w`])(?:(?:\#(functions))\(|(?:\#(variables))\b(?! *:)|\#(files))"#)
  }

  /// Returns the lines of code with a system call.
  private static func calls(in text: String) throws -> [Substring] {
    let call = try call.get()
    func isFound(_ text: some StringProtocol) -> Bool {
      let text = String(text)
      return call.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
    }
    // Most files have no match even in comments and literals, so they need no parsing.
    return isFound(text) ? code(in: text).filter { isFound($0) } : []
  }

  /// The Swift files below some folders, by their paths in the repository.
  private static func files(in folders: [String]) -> [String] {
    PackageFiles.paths(below: folders, endingIn: [".swift"])
  }

  /// The lines of a text without comments, and without the text of literals on one line.
  private static func code(in text: String) -> [Substring] {
    text.split(separator: "\n").map { line in
      let bare = line.replacing(/"(?:[^"\\]|\\.)*"/, with: "\"\"")
      return bare.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0]
    }
  }

  @Test func `Only MilterSystem imports the C library`() throws {
    let library = /\bimport +(?:\w+ +)?(?:Glibc|Musl|Darwin|MilterPlatform|CMilterSystem)\b/
    var found: Set<String> = []
    for file in Self.files(in: ["Sources", "Compat"]) where !file.hasPrefix(Self.room) {
      guard try PackageFiles.text(of: file).contains(library) else { continue }
      let exception = Self.importers.first { file.hasPrefix($0) }
      #expect(exception != nil, "\(file): let a type of MilterSystem make the call")
      if let exception { found.insert(exception) }
    }
    #expect(found == Set(Self.importers), "a listed file no longer imports the C library")
  }

  @Test func `No module calls the system except through MilterSystem, whatever it imports`() throws
  {
    let files = Self.files(in: ["Sources", "Compat"])
    #expect(files.count > 500)
    for file in files where !file.hasPrefix(Self.room) {
      let calls = try Self.calls(in: PackageFiles.text(of: file))
      #expect(calls == [], "\(file): let a type of MilterSystem make the call")
    }
  }

  @Test func `Systems are distinguished in MilterSystem and in at most three files`() throws {
    let ladder = /canImport\((?:Darwin|Glibc|Musl)\)/
    let files = Self.files(in: ["Sources", "Compat", "Samples", "Tests"])
    let found = try files.filter { file in
      guard !file.hasPrefix(Self.room), !file.hasSuffix("/SystemCallTests.swift") else {
        return false
      }
      return try PackageFiles.text(of: file).contains(ladder)
    }
    #expect(Set(found) == Set(Self.ladders))
    #expect(found.count <= 3)
  }

  @Test(arguments: [
    ("  let id = getpid()", true), ("guard errno == EINTR else { return }", true),
    ("    fputs(text, stderr)", true), ("_ = stat(path, &status)", true),
    ("// getpid() is a call", false), (#"fail("unlink(path) failed")"#, false),
    ("thread.kill(1)", false), ("func exit(_ status: Int32) {}", true),
    ("try FileManager.default.removeItem(atPath: path)", true),
    ("let text = try String(contentsOfFile: path, encoding: .utf8)", true),
    ("try MilterNetworks(contentsOf: path)", false), ("bytes.append(contentsOf: more)", false),
  ])
  func `A call is found in code, but not in text`(_ line: String, _ isCall: Bool) throws {
    #expect(try Self.calls(in: line).isEmpty != isCall)
  }
}
