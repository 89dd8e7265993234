import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Signs NAME.text with the key NAME.pem by the method NAME.method into NAME.java, with the JDK's own cryptography. */
final class Sign {
    public static void main(String[] args) throws Exception {
        List<Path> methods;
        try (Stream<Path> files = Files.list(Path.of(args[0]))) {
            methods = files.filter(file -> file.toString().endsWith(".method")).collect(Collectors.toList());
        }
        for (Path file : methods) {
            String base = file.toString().replaceAll("\\.method$", "");
            Signature signature = signature(Files.readString(file), Path.of(base + ".pem"));
            signature.update(Files.readAllBytes(Path.of(base + ".text")));
            Files.write(Path.of(base + ".java"), signature.sign());
        }
        System.out.println(methods.size());
    }

    private static Signature signature(String method, Path pem) throws Exception {
        if (method.endsWith("eddsa-ed25519")) {
            return ready("Ed25519", "Ed25519", pem);
        }
        String bits = method.replaceAll(".*sha(256|384|512).*", "$1");
        if (method.contains("ecdsa")) {
            return ready("SHA" + bits + "withECDSAinP1363Format", "EC", pem);
        }
        if (!method.endsWith("MGF1")) {
            return ready("SHA" + bits + "withRSA", "RSA", pem);
        }
        Signature signature = ready("RSASSA-PSS", "RSA", pem);
        signature.setParameter(new PSSParameterSpec("SHA-" + bits, "MGF1", new MGF1ParameterSpec("SHA-" + bits),
                                                    Integer.parseInt(bits) / 8, PSSParameterSpec.TRAILER_FIELD_BC));
        return signature;
    }

    private static Signature ready(String algorithm, String keyAlgorithm, Path pem) throws Exception {
        String text = Files.readString(pem).replaceAll("-----[A-Z ]+-----|\\s", "");
        PrivateKey key = KeyFactory.getInstance(keyAlgorithm)
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text)));
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        return signature;
    }
}
