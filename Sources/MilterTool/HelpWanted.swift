/// The error that ends the command if its help was requested.
struct HelpWanted: Error {}
