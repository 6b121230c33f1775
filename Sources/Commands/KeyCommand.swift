import ArgumentParser
import Foundation
import Journal

struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Make a key that signs journals.", subcommands: [MakePair.self])

  struct MakePair: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "new",
      abstract: "Make a key pair: the private half for its owner alone, the public half beside it.",
      discussion: """
          engine key new ~/engine.key

        Writes ~/engine.key (Ed25519, readable by its owner alone), which `engine seal` signs with, and ~/engine.key.pub, which `engine verify` and \
        `engine check-proof` check with. Give the .pub to whoever shall be able to check, and keep the private key away from the machine that holds the \
        journals' copies. No file is replaced.
        """)

    @Argument(help: "The file to write the private key to; `.pub` is added for the public one.", completion: .file())
    var path: String
    @Option(
      help: "What signatures name the key by: printable ASCII without blanks and `+`. The file's name if not given.")
    var name: String?
    @OptionGroup var options: OutputOptions

    func run() throws {
      do throws(ProofError) {
        let key = try SigningKey(name: name ?? (path as NSString).lastPathComponent)
        try KeyFile.create(key, at: path)
        let publicPath = KeyFile.publicPath(of: path)
        switch options.format {
        case .text:
          StandardOutput.write(
            """
            private   \(path)
            public    \(publicPath)
            key       \(key.verifier.text)

            """)
        case .json:
          StandardOutput.write(
            JSONText.object([
              ("private", .string(path)), ("public", .string(publicPath)), ("name", .string(key.verifier.name)),
              ("key", .string(key.verifier.text)),
            ]).text + "\n")
        }
      } catch {
        throw Failure(error)
      }
    }
  }
}
