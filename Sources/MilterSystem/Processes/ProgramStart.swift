import MilterPlatform

/// A program to start, and the properties of its process.
///
/// The corresponding C function is `posix_spawn`.
struct ProgramStart {
  /// The process group of the process.
  enum Place {
    /// The process group of this process.
    case thisGroup
    /// A new group, whose ID is the process ID.
    case ownGroup
    /// A new session, and so a new group.
    case ownSession
  }

  /// The path of the program.
  let program: String
  /// All arguments, beginning with the program's name.
  let arguments: [String]
  /// The environment as words of the form `NAME=VALUE`; `nil` for that of this process.
  var environment: [String]?
  var place = Place.thisGroup
  /// The blocked signals of its first thread; `nil` for those of the calling thread.
  var signalMask: SignalMask?
  /// The signals with their default action, although this process may ignore them.
  var defaultSignals: [Signal] = []
  /// Whether its standard input is empty.
  var hasEmptyInput = false
  /// Whether its standard output is this process's standard error.
  var printsToStandardError = false
  /// The descriptors that become its descriptors from ``firstInherited`` on.
  var inherited: [Int32] = []
  var firstInherited = StandardDescriptors.firstOther
  /// Whether it gets no other descriptors, even if one is not close-on-exec.
  var closesOthers = false

  /// Starts the program, and returns its process ID.
  ///
  /// - Throws: ``FileError`` if the program cannot be started.
  func start() throws(FileError) -> Int32 {
    // First, the sources move away, because a source must not be another one's target.
    let end = firstInherited + Int32(inherited.count)
    let copies = inherited.map { fcntl($0, F_DUPFD_CLOEXEC, end) }
    defer { for copy in copies where copy != -1 { Syscalls.closeDescriptor(copy) } }
    guard !copies.contains(-1) else {
      throw FileError("cannot hand descriptors to \(program)", .current)
    }
    var actions = Self.noActions
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if hasEmptyInput {
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    }
    if printsToStandardError {
      posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
    }
    for (target, copy) in zip(firstInherited..., copies) {
      posix_spawn_file_actions_adddup2(&actions, copy, target)
    }
    for descriptor in closesOthers ? try Self.openDescriptors() : [] where descriptor >= end {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    var attributes = Self.noAttributes
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(set(&attributes)))
    var words = arguments.map { (text: String) in strdup(text) } + [nil]
    var variables = (environment ?? []).map { (text: String) in strdup(text) } + [nil]
    defer { for word in words + variables { free(word) } }
    var process = pid_t()
    let failure =
      if environment == nil {
        posix_spawn(&process, program, &actions, &attributes, &words, environ)
      } else {
        posix_spawn(&process, program, &actions, &attributes, &words, &variables)
      }
    guard failure == 0 else {
      throw FileError("cannot start \(program)", Errno(rawValue: failure))
    }
    return process
  }

  /// Sets the attributes, and returns the flags that they need.
  private func set(_ attributes: inout Attributes) -> Int32 {
    var flags: Int32 = 0
    switch place {
    case .thisGroup: break
    case .ownGroup:
      posix_spawnattr_setpgroup(&attributes, 0)
      flags |= Int32(POSIX_SPAWN_SETPGROUP)
    case .ownSession: flags |= Self.newSession
    }
    if let signalMask {
      var set = signalMask.set
      posix_spawnattr_setsigmask(&attributes, &set)
      flags |= Int32(POSIX_SPAWN_SETSIGMASK)
    }
    if !defaultSignals.isEmpty {
      var set = SignalMask.set(of: defaultSignals)
      posix_spawnattr_setsigdefault(&attributes, &set)
      flags |= Int32(POSIX_SPAWN_SETSIGDEF)
    }
    return flags
  }

  private static func openDescriptors() throws(FileError) -> [Int32] {
    try Directory.names(in: FilePath("/dev/fd")).compactMap { Int32($0.text) }
  }

  #if canImport(Darwin)
    private typealias Attributes = posix_spawnattr_t?
    private static var noActions: posix_spawn_file_actions_t? { nil }
    private static var noAttributes: Attributes { nil }
    private static var newSession: Int32 { POSIX_SPAWN_SETSID }
  #else
    private typealias Attributes = posix_spawnattr_t
    private static var noActions: posix_spawn_file_actions_t { .init() }
    private static var noAttributes: Attributes { .init() }
    /// POSIX_SPAWN_SETSID, which Swift's Glibc does not import.
    private static var newSession: Int32 { 0x80 }
  #endif
}
