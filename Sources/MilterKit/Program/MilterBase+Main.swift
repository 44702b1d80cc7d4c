import MilterSystem

extension MilterBase {
  /// Runs the filter as a program; called by `@main` on a subclass.
  ///
  /// The command line names the sockets, or the messages for `--try`. `--help` prints the options. The method
  /// ends the process: with status 0 after serving, with the verdict's status after `--try` (see `MTAVerdict`),
  /// with 64 for a wrong command line, with 78 for a wrong configuration, and with 1 if a socket cannot be
  /// opened.
  ///
  /// The corresponding part of a C filter is its `main`.
  public static func main() {
    ProgramName.set(Self.self, CommandLine.arguments.first)
    ThisProcess.end(Program(Self.self).run(CommandLine.arguments))
  }
}
