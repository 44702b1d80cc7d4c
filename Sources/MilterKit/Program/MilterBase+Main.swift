import MilterSystem

extension MilterBase {
  /// Runs the filter as a program, so that `@main` on a subclass is all it takes.
  ///
  /// The command line specifies where to serve it, or a message to try it on; `--help` prints the
  /// options. The process ends here: with 0 after serving, the verdict's status after `--try` (see
  /// `MTAVerdict`), 64 for a wrong command line, 78 for a wrong configuration,
  /// 1 if a socket cannot be opened.
  ///
  /// The corresponding part of a C filter is its `main`.
  public static func main() {
    ProgramName.set(Self.self, CommandLine.arguments.first)
    ThisProcess.end(Program(Self.self).run(CommandLine.arguments))
  }
}
