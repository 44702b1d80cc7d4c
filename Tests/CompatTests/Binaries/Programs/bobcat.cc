// A filter on FBB::Milter, libbobcat's class around libmilter.
//
// Usage: bobcat PATH

#include <bobcat/milter>
#include <string>

class Filter : public FBB::Milter {
  std::string d_subject;
  size_t d_size = 0;

  Milter *clone() const override { return new Filter; }

  sfsistat sender(char **) override {
    d_subject.clear();
    d_size = 0;
    return CONTINUE;
  }

  sfsistat recipient(char **arguments) override {
    if (std::string(arguments[0]) != "<refused@example.net>") return CONTINUE;
    setReply("550", "5.1.1", "nobody of that name");
    return REJECT;
  }

  sfsistat header(char *name, char *value) override {
    if (std::string(name) == "Subject") d_subject = value;
    return CONTINUE;
  }

  sfsistat body(unsigned char *, size_t length) override {
    d_size += length;
    return CONTINUE;
  }

  sfsistat eom() override {
    if (d_subject == "reject") return REJECT;
    if (d_subject == "discard") return DISCARD;
    addHeader("X-Size", std::to_string(d_size));
    insertHeader(0, "X-Inserted", "first");
    changeHeader("Subject", 1, "changed");
    changeHeader("X-Twice", 2, "");
    addRecipient("<added@example.net>");
    deleteRecipient("<bob@example.net>");
    if (d_subject == "change") {
      replaceBody("new body\r\n");
      quarantine("for a reason");
    }
    return ACCEPT;
  }

public:
  Filter() = default;

  static void listen(char const *path) { setConnection(std::string("unix:") + path); }
};

int main(int, char **arguments) {
  Filter filter;
  FBB::Milter::initialize(
    "bobcat", filter,
    FBB::Milter::SENDER | FBB::Milter::RECIPIENT | FBB::Milter::HEADER | FBB::Milter::BODY |
      FBB::Milter::EOM,
    FBB::Milter::ALL_FLAGS);
  Filter::listen(arguments[1]);
  return FBB::Milter::start() ? 0 : 1;
}
