#include "wsdl/diff/contract_diff.hpp"

#include <algorithm>
#include <map>

#include "wsdl/diff/message_diff.hpp"
#include "wsdl/diff/shapes.hpp"

namespace hutong::wsdl {

namespace {

// By name, and of each what it is in each SOAP version that it is bound to.
using Bound = std::map<Transport, const Operation*>;
using Operations = std::map<std::string, Bound>;

bool is_soap(const Binding& binding) {
    return binding.transport == Transport::soap11_http || binding.transport == Transport::soap12_http;
}

std::string shown(Transport transport) {
    return transport == Transport::soap11_http ? "SOAP 1.1" : "SOAP 1.2";
}

Operations operations_of(const Description& description) {
    Operations all;
    for (const Binding& binding : description.bindings)
        if (is_soap(binding))
            for (const Operation& operation : binding.operations)
                all[operation.name].emplace(binding.transport, &operation);
    return all;
}

bool speaks(const Description& description, Transport transport) {
    return std::ranges::any_of(description.bindings,
                               [&](const Binding& one) { return one.transport == transport; });
}

// One side of the comparison.
struct Side {
    explicit Side(const Contract& contract) : description(contract.description), shapes(contract) {
        for (const Message& message : description.messages) messages.emplace(message.name, &message);
    }
    const Description& description;
    Shapes shapes;
    std::map<QName, const Message*> messages;

    const Message* message(const QName& name) const {
        const auto found = messages.find(name);
        return found == messages.end() ? nullptr : found->second;
    }

    // What travels as the accessor or the element that a part stands for.
    Field field_of(const Part& part) const {
        if (!part.element.local.empty()) {
            if (auto field = shapes.element(part.element)) return std::move(*field);
            Field unknown;
            unknown.name = part.element;
            unknown.type = {part.element, {}, {}};
            return unknown;
        }
        Field field;
        field.name.local = part.name;
        field.type = shapes.type(part.type);
        return field;
    }
};

class ContractDiff {
  public:
    ContractDiff(const Contract& from, const Contract& to) : from_(from), to_(to) {}

    std::vector<Change> run() {
        compare_transports();
        const Operations before = operations_of(from_.description), now = operations_of(to_.description);
        for (const auto& [name, bound] : before) {
            const auto found = now.find(name);
            if (found == now.end())
                findings_.add(name, "operation removed", Breaks::both);
            else
                compare(name, bound, found->second);
        }
        for (const auto& [name, bound] : now)
            if (!before.contains(name)) findings_.add(name, "new operation", Breaks::nothing);
        const bool complete = findings_.complete();
        std::vector<Change> changes = findings_.take();
        if (!complete)
            changes.push_back(
                {"the contract", "too large to be compared to its end: this is not all", Breaks::both});
        return changes;
    }

  private:
    void compare_transports() {
        for (const Transport transport : {Transport::soap11_http, Transport::soap12_http}) {
            const std::string version = shown(transport);
            const bool before = speaks(from_.description, transport);
            const bool now = speaks(to_.description, transport);
            if (before && !now) findings_.add("binding", version + " is not spoken any more", Breaks::both);
            if (!before && now) findings_.add("binding", version + " is spoken too", Breaks::nothing);
        }
    }

    // An operation in each SOAP version. One that is not spoken any more is compared with the other.
    void compare(const std::string& name, const Bound& before, const Bound& now) {
        for (const auto& [transport, operation] : before) {
            const std::string version = shown(transport);
            const auto found = now.find(transport);
            if (found != now.end())
                compare(*operation, *found->second);
            else if (speaks(to_.description, transport))
                findings_.add(name, "operation removed from " + version, Breaks::both);
            else
                compare(*operation, *now.begin()->second);
        }
        for (const auto& [transport, operation] : now) {
            const std::string version = shown(transport);
            if (!before.contains(transport) && speaks(from_.description, transport))
                findings_.add(name, "new operation in " + version, Breaks::nothing);
        }
    }

    void compare(const Operation& before, const Operation& now) {
        const std::string& name = now.name;
        if (before.style != now.style || before.use != now.use) {
            findings_.add(name, "its messages have another style (document, rpc; literal, encoded)",
                          Breaks::both);
            return;
        }
        if (before.soap_action != now.soap_action)
            findings_.add(name,
                          "SOAPAction was \"" + before.soap_action + "\" and is \"" + now.soap_action + "\"",
                          Breaks::request);
        compare_message(name + " request", Breaks::request, before.input_message, now.input_message,
                        before.style, before.input_element, now.input_element);
        compare_headers(name + " request header", Breaks::request, before.input_headers, now.input_headers);
        if (before.one_way != now.one_way) {
            findings_.add(name, now.one_way ? "it has no answer any more" : "it has an answer now",
                          Breaks::answer);
            return;
        }
        if (now.one_way) return;
        compare_message(name + " answer", Breaks::answer, before.output_message, now.output_message,
                        before.style, before.output_element, now.output_element);
        compare_headers(name + " answer header", Breaks::answer, before.output_headers, now.output_headers);
        compare_faults(name, before, now);
    }

    void compare_message(const std::string& place, Breaks breaks, const QName& before, const QName& now,
                         Style style, const QName& element_before, const QName& element_now) {
        MessageDiff diff(comparison(), place, breaks);
        if (element_before != element_now) {
            diff.told("", "the element was " + element_before.text() + " and is " + element_now.text(), true);
            return;
        }
        const Message* old_message = from_.message(before);
        const Message* new_message = to_.message(now);
        if (old_message == nullptr || new_message == nullptr) return;
        compare_parts(diff, *old_message, *new_message, style);
    }

    // Parts of rpc messages are known by their names, those of document messages by their elements.
    static bool same_part(const Part& a, const Part& b, Style style) {
        const bool elements = !a.element.local.empty() && !b.element.local.empty();
        return style == Style::document && elements ? a.element == b.element : a.name == b.name;
    }

    void compare_parts(MessageDiff& diff, const Message& before, const Message& now, Style style) {
        if (!findings_.afford(2 * before.parts.size() * now.parts.size())) return;
        for (const Part& part : before.parts) {
            const auto found = std::ranges::find_if(
                now.parts, [&](const Part& other) { return same_part(part, other, style); });
            if (found == now.parts.end())
                diff.told("/" + part.name, "part removed", true);
            else
                diff.compare(from_.field_of(part), to_.field_of(*found));
        }
        for (const Part& part : now.parts)
            if (std::ranges::none_of(before.parts,
                                     [&](const Part& other) { return same_part(other, part, style); }))
                diff.told("/" + part.name, "new part", true);
    }

    void compare_headers(const std::string& place, Breaks breaks, const std::vector<HeaderBinding>& before,
                         const std::vector<HeaderBinding>& now) {
        MessageDiff diff(comparison(), place, breaks);
        if (!findings_.afford(2 * before.size() * now.size())) return;
        const auto find = [](const std::vector<HeaderBinding>& headers, const QName& element) {
            return std::ranges::find(headers, element, &HeaderBinding::element) != headers.end();
        };
        for (const HeaderBinding& header : before) {
            if (!find(now, header.element))
                diff.told("/" + header.element.local, "header block removed", breaks == Breaks::answer);
            else if (const auto old_field = from_.shapes.element(header.element))
                if (const auto new_field = to_.shapes.element(header.element))
                    diff.compare(*old_field, *new_field);
        }
        for (const HeaderBinding& header : now)
            if (!find(before, header.element))
                diff.told("/" + header.element.local, "new header block", breaks == Breaks::request);
    }

    void compare_faults(const std::string& name, const Operation& before, const Operation& now) {
        if (!findings_.afford(2 * before.faults.size() * now.faults.size())) return;
        for (const FaultMessage& fault : before.faults) {
            const auto found = std::ranges::find(now.faults, fault.name, &FaultMessage::name);
            if (found == now.faults.end()) {
                findings_.add(name + " fault " + fault.name, "fault removed", Breaks::nothing);
                continue;
            }
            MessageDiff diff(comparison(), name + " fault " + fault.name, Breaks::answer);
            const Message* old_message = from_.message(fault.message);
            const Message* new_message = to_.message(found->message);
            if (old_message != nullptr && new_message != nullptr)
                compare_parts(diff, *old_message, *new_message, Style::document);
        }
        for (const FaultMessage& fault : now.faults)
            if (std::ranges::find(before.faults, fault.name, &FaultMessage::name) == before.faults.end())
                findings_.add(name + " fault " + fault.name,
                              "new fault: consumers see one that they have no code for", Breaks::nothing);
    }

    Comparison comparison() { return {from_.shapes, to_.shapes, findings_}; }

    Side from_, to_;
    Findings findings_;
};

}  // namespace

std::string_view to_string(Breaks breaks) {
    switch (breaks) {
        case Breaks::nothing:
            return "no";
        case Breaks::request:
            return "request";
        case Breaks::answer:
            return "answer";
        case Breaks::both:
            break;
    }
    return "both";
}

Result<std::vector<Change>> changes_between(const Bundle& from, const Bundle& to,
                                            const config::Wsdl& limits) {
    HUTONG_ASSIGN(const std::unique_ptr<Contract> before, open_contract(from, unlimited));
    HUTONG_ASSIGN(const std::unique_ptr<Contract> now, open_contract(to, limits));
    return ContractDiff(*before, *now).run();
}

bool breaks_any(const std::vector<Change>& changes) {
    return std::ranges::any_of(changes, [](const Change& one) { return one.breaks != Breaks::nothing; });
}

}  // namespace hutong::wsdl
