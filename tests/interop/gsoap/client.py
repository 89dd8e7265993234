#!/usr/bin/python3
"""Has the C++ demo consumer make the call: gSOAP's own wsse plugin signs, and verifies the answer.

gSOAP makes its client at build time, so what is shown of the published WSDL here is that gSOAP's own wsdl2h makes the
same service and operation of it, and the address it names is the one called. Prints one JSON object.
"""
import argparse
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import urllib.request
import xml.etree.ElementTree

OPERATIONS = {"FindCompanies": ("find-companies", {"namePart": "--name", "maxRows": "--max-rows"}),
              "GetCompany": ("get-company", {"creditCode": "--code"})}
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
ADDRESS = "{http://schemas.xmlsoap.org/wsdl/soap/}address"


def published(url, ca):
    secure = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca))
    with urllib.request.build_opener(urllib.request.ProxyHandler({}), secure).open(url, timeout=30) as answer:
        return answer.read()


def check_with_wsdl2h(wsdl, operation):
    with tempfile.TemporaryDirectory() as folder:
        source, header = os.path.join(folder, "service.wsdl"), os.path.join(folder, "service.h")
        with open(source, "wb") as file:
            file.write(wsdl)
        subprocess.run(["wsdl2h", "-o", header, source], check=True, capture_output=True, timeout=120)
        with open(header, encoding="utf-8") as file:
            if not re.search(rf"//gsoap \S+\s+service method-input-action:\s+{operation} \S", file.read()):
                sys.exit(f"wsdl2h finds no operation {operation} in the published WSDL")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--consumer", required=True)
    for name in ("wsdl", "ca", "key", "cert", "operation"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--address")
    parser.add_argument("--method", choices=[RSA_SHA256], required=True)
    parser.add_argument("--argument", action="append", default=[])
    options = parser.parse_args()

    wsdl = published(options.wsdl, options.ca)
    check_with_wsdl2h(wsdl, options.operation)
    address = options.address or next(xml.etree.ElementTree.fromstring(wsdl).iter(ADDRESS)).get("location")
    operation, names = OPERATIONS[options.operation]
    command = [options.consumer, "--endpoint", address, "--key", options.key, "--cert", options.cert,
               "--ca", options.ca, "--operation", operation]
    for argument in options.argument:
        name, value = argument.split("=", 1)
        command += [names[name], value]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)
    said = done.stdout
    fault = re.search(r"^fault (\S*?): (.*)$", said, re.MULTILINE)
    verified = "response signature verified\n" in said
    if fault:
        result = {"outcome": "refused", "code": fault[1].rpartition(":")[2], "reason": fault[2], "detail": ""}
    elif verified and done.returncode == 0:
        result = {"outcome": "answered", "answer": said}
    elif distrust := re.search(r"^response signature not verified: (.*)$|(The signature or decryption was invalid)",
                               said, re.MULTILINE):
        result = {"outcome": "distrusted", "reason": distrust[1] or distrust[2]}
    else:
        sys.exit(f"the consumer failed ({done.returncode}): {said}{done.stderr}")
    result["verified"] = RSA_SHA256 if verified else None
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
