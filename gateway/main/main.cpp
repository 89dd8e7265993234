// hutong: one program, every role and every command.
#include "base/xml/document.hpp"
#include "gateway/main/cli/command_line.hpp"

int main(int count, char** words) {
    hutong::xml::initialize();
    return hutong::cli::run(count, words);
}
