package io.etcdrobustness.runs.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificatesTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final int DNS = 2;
  private static final int ADDRESS = 7;

  private final Certificates certificates = new Certificates(NOW);

  private static X509Certificate parse(String pem) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  private static PrivateKey key(String pem) throws GeneralSecurityException {
    assertThat(pem).startsWith("-----BEGIN PRIVATE KEY-----");
    String body = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    return KeyFactory.getInstance("EC")
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
  }

  @Test
  void aMembersCertificateIsOfTheAuthorityAndNamesItsHosts() throws GeneralSecurityException {
    X509Certificate authority = parse(certificates.authority());
    X509Certificate member =
        parse(
            certificates
                .issue("m1.member", List.of("m1.member", "localhost", "127.0.0.1"))
                .certificate());

    member.verify(authority.getPublicKey());
    assertThat(member.getSubjectX500Principal().getName()).isEqualTo("CN=m1.member");
    assertThat(member.getIssuerX500Principal()).isEqualTo(authority.getSubjectX500Principal());
    assertThat(member.getSubjectAlternativeNames())
        .containsExactlyInAnyOrder(
            List.of(DNS, "m1.member"), List.of(DNS, "localhost"), List.of(ADDRESS, "127.0.0.1"));
    assertThat(member.getExtendedKeyUsage())
        .containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(member.getBasicConstraints()).isEqualTo(-1);
  }

  @Test
  void theAuthorityMaySignAndSignedItself() throws GeneralSecurityException {
    X509Certificate authority = parse(certificates.authority());

    authority.verify(authority.getPublicKey());
    assertThat(authority.getBasicConstraints()).isGreaterThanOrEqualTo(0);
    assertThat(authority.getKeyUsage()[5]).as("keyCertSign").isTrue();
  }

  @Test
  void clocksMayDifferByADayAndRunsMayTakeLong() throws GeneralSecurityException {
    X509Certificate client = parse(certificates.issue("client", List.of()).certificate());

    client.checkValidity(Date.from(NOW.minus(23, ChronoUnit.HOURS)));
    client.checkValidity(Date.from(NOW.plus(300, ChronoUnit.DAYS)));
    assertThat(client.getSubjectAlternativeNames()).isNull();
  }

  @Test
  void theKeyBelongsToTheCertificate() throws GeneralSecurityException {
    Certificates.Issued issued = certificates.issue("m0", List.of("localhost"));
    byte[] text = "signed".getBytes(StandardCharsets.US_ASCII);
    Signature signing = Signature.getInstance("SHA256withECDSA");
    signing.initSign(key(issued.privateKey()));
    signing.update(text);
    byte[] signature = signing.sign();

    Signature verifying = Signature.getInstance("SHA256withECDSA");
    verifying.initVerify(parse(issued.certificate()).getPublicKey());
    verifying.update(text);
    assertThat(verifying.verify(signature)).isTrue();
  }

  @Test
  void noTwoCertificatesShareASerialNumberOrAKey() throws GeneralSecurityException {
    X509Certificate one = parse(certificates.issue("m0", List.of()).certificate());
    X509Certificate other = parse(certificates.issue("m0", List.of()).certificate());

    assertThat(one.getSerialNumber()).isNotEqualTo(other.getSerialNumber());
    assertThat(one.getPublicKey()).isNotEqualTo(other.getPublicKey());
  }

  @Test
  void anotherRunsAuthorityDidNotSignIt() throws GeneralSecurityException {
    X509Certificate stranger = parse(new Certificates(NOW).issue("m0", List.of()).certificate());
    X509Certificate authority = parse(certificates.authority());

    assertThatThrownBy(() -> stranger.verify(authority.getPublicKey()))
        .isInstanceOf(SignatureException.class);
  }
}
