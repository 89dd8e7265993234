// The wrapping generator against every path: thousands of variants per message, none accepted.
#include <cstdlib>
#include <iostream>

#include <cppunit/TestCase.h>
#include <cppunit/TestSuite.h>
#include <cppunit/extensions/AutoRegisterSuite.h>
#include <cppunit/extensions/HelperMacros.h>

#include "tests/attack/meaning.hpp"
#include "tests/attack/xsw/base_messages.hpp"
#include "tests/attack/xsw/generator.hpp"
#include "tests/unit/xmldsig/wss_template.hpp"

namespace hutong::attack {

namespace {

// Everything takes a minute per path: by default each seventh variant is tried, spread over all families.
std::uint64_t stride() {
    return std::getenv("HUTONG_ALL_WRAPPINGS") == nullptr ? 7 : 1;
}

class WrappingCase : public CppUnit::TestCase {
  public:
    WrappingCase(BaseMessage message, const Path& path)
        : TestCase("wrapping generator: " + message.name + " [" + path.name + "]"),
          message_(std::move(message)),
          path_(path) {}

    void runTest() override {
        Receiver receiver;
        receiver.now = message_.now;
        if (message_.setting) message_.setting(receiver);
        const Judgement control = path_.judge(message_.text, receiver);
        CPPUNIT_ASSERT_MESSAGE("control: " + control.rejection.reason, control.accepted);
        const Meaning meant = meaning_of(control);
        std::uint64_t refused = 0;
        std::uint64_t harmless = 0;
        std::string accepted;
        std::uint64_t made = 0;
        generate_wrappings(message_.text, [&](const Variant& variant) {
            if (made++ % stride() != 0) return;
            // Whoever has guessed much is slowed down, which is another control than those tried here.
            if (receiver.settings->guesses)
                receiver.settings->guesses = std::make_shared<security::GuessLimit>();
            const Judgement judgement = path_.judge(variant.text, receiver);
            if (!judgement.accepted) ++refused;
            // A decoy is an unsigned header block: it may stand there as long as nothing goes by it.
            // So may a part that only a sender's stack knows a use for, wherever it is.
            else if ((variant.decoy || !variant.required) && meaning_of(judgement) == meant)
                ++harmless;
            else
                accepted += variant.name + "\n";
        });
        const std::uint64_t count = refused + harmless;
        std::cout << getName() << ": " << count << " of " << made << " variants tried, " << refused
                  << " refused, " << harmless << " meaning what their sender meant\n";
        CPPUNIT_ASSERT_MESSAGE("accepted:\n" + accepted.substr(0, 4000), accepted.empty());
        CPPUNIT_ASSERT(count > 1000);
    }

  private:
    BaseMessage message_;
    const Path& path_;
};

class WellFormedCase : public CppUnit::TestCase {
  public:
    explicit WellFormedCase(std::vector<BaseMessage> messages)
        : TestCase("wrapping generator: every variant is well-formed to expat"),
          messages_(std::move(messages)) {}

    void runTest() override {
        WellFormed checker;
        for (const BaseMessage& message : messages_) {
            std::uint64_t made = 0;  // as for those that are tried
            generate_wrappings(message.text, [&](const Variant& variant) {
                if (made++ % stride() == 0) checker.add(variant.text);
            });
        }
        CPPUNIT_ASSERT(checker.all());
    }

  private:
    std::vector<BaseMessage> messages_;
};

class WrappingSuite {
  public:
    static CppUnit::TestSuite* suite() {
        auto* const suite = new CppUnit::TestSuite("wrapping");
        const std::vector<BaseMessage> messages = base_messages();
        for (const BaseMessage& message : messages)
            for (const Path& path : paths()) suite->addTest(new WrappingCase(message, path));
        suite->addTest(new WellFormedCase(messages));
        return suite;
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(WrappingSuite);

}  // namespace

}  // namespace hutong::attack
