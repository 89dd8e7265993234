#!/usr/bin/php
<?php
// PHP's own SoapClient, which cannot sign: a plain service over mutual TLS.
// Without --cert it offers no certificate. Prints one JSON object: {"outcome": "answered" | "refused", ...}.
declare(strict_types=1);

$options = getopt('', ['wsdl:', 'address:', 'ca:', 'key:', 'cert:', 'operation:', 'argument:']);
$parameters = [];
foreach ((array) ($options['argument'] ?? []) as $argument) {
    [$name, $value] = explode('=', $argument, 2);
    $parameters[$name] = $value;
}

$tls = ['cafile' => $options['ca'], 'verify_peer' => true, 'verify_peer_name' => true];
if (isset($options['cert'])) {
    $tls += ['local_cert' => $options['cert'], 'local_pk' => $options['key']];
}
$settings = [
    'stream_context' => stream_context_create(['ssl' => $tls]),
    'cache_wsdl' => WSDL_CACHE_NONE,
    'soap_version' => SOAP_1_1,
];
if (isset($options['address'])) {
    $settings['location'] = $options['address'];
}

try {
    $client = new SoapClient($options['wsdl'], $settings);
    $answer = $client->__soapCall($options['operation'], [$parameters]);
    $result = ['outcome' => 'answered', 'answer' => json_encode($answer, JSON_UNESCAPED_UNICODE)];
} catch (SoapFault $fault) {
    $code = explode(':', $fault->faultcode);
    $result = ['outcome' => 'refused', 'code' => end($code), 'reason' => $fault->faultstring,
        'detail' => json_encode($fault->detail ?? null, JSON_UNESCAPED_UNICODE)];
}
echo json_encode($result, JSON_UNESCAPED_UNICODE), "\n";
