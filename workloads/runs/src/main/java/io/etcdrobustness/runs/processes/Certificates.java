package io.etcdrobustness.runs.processes;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority that lives as long as one run.
 *
 * <p>Keys are of the curve P-256. Certificates are valid from a day ago, because clocks of the
 * machines in a cluster differ, for a year, which is longer than any run.
 */
public final class Certificates {

  /** A certificate and its PKCS #8 key, both as PEM. */
  public record Issued(String certificate, String privateKey) {}

  private static final X500Name ISSUER = new X500Name("CN=etcd-robustness run");

  private final KeyPair authority;
  private final String authorityPem;
  private final Instant now;
  private long serial = 1;

  /**
   * A new authority.
   *
   * @param now the wall clock's time
   */
  public Certificates(Instant now) {
    this.now = now;
    this.authority = keyPair();
    this.authorityPem = pem(certificate(ISSUER, authority, List.of(), true));
  }

  /** The authority's certificate as PEM. */
  public String authority() {
    return authorityPem;
  }

  /** A certificate for a server and client of this name, reachable under {@code hosts}. */
  public Issued issue(String name, List<String> hosts) {
    KeyPair keys = keyPair();
    String certificate = pem(certificate(new X500Name("CN=" + name), keys, hosts, false));
    return new Issued(certificate, pem(keys.getPrivate()));
  }

  private X509CertificateHolder certificate(
      X500Name subject, KeyPair keys, List<String> hosts, boolean isAuthority) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              ISSUER,
              BigInteger.valueOf(serial++),
              Date.from(now.minus(1, ChronoUnit.DAYS)),
              Date.from(now.plus(365, ChronoUnit.DAYS)),
              subject,
              keys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
      if (isAuthority) {
        builder.addExtension(
            Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      } else {
        builder.addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(
                new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
      }
      List<GeneralName> names = new ArrayList<>();
      for (String host : hosts) {
        boolean address = host.chars().allMatch(c -> c == '.' || Character.isDigit(c));
        names.add(new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host));
      }
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.toArray(GeneralName[]::new)));
      }
      return builder.build(
          new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate()));
    } catch (IOException | OperatorCreationException impossible) {
      throw new IllegalStateException("cannot make a certificate for " + subject, impossible);
    }
  }

  private static KeyPair keyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every JDK has P-256", impossible);
    }
  }

  private static String pem(Object object) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(
          object instanceof PrivateKey key
              ? new org.bouncycastle.openssl.jcajce.JcaPKCS8Generator(key, null)
              : object);
    } catch (IOException impossible) {
      throw new IllegalStateException("cannot write PEM to memory", impossible);
    }
    return text.toString();
  }
}
