// Provides the cluster's volumes: a folder for each claim, removed with it. Of type `local`, to which
// kubelet applies a pod's fsGroup, as it does to real storage; it does not to hostPath, so an etcd that is
// not root could not write there. As on real storage, the folder is root's to begin with.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"path/filepath"
	"time"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	provisionerOfClaim  = "volume.kubernetes.io/storage-provisioner" // set by the controller manager
	provisionerOfVolume = "pv.kubernetes.io/provisioned-by"
)

type provisioner struct {
	name, node, folder string
	client             kubernetes.Interface
	claims             listers.PersistentVolumeClaimLister
	volumes            listers.PersistentVolumeLister
}

func main() {
	p := provisioner{}
	kubeconfig := flag.String("kubeconfig", "", "of a user who may write volumes")
	flag.StringVar(&p.name, "name", "", "the storage class's provisioner")
	flag.StringVar(&p.node, "node", "", "the node whose folder this is")
	flag.StringVar(&p.folder, "folder", "", "where the volumes are")
	flag.Parse()

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		log.Fatal(err)
	}
	p.client = kubernetes.NewForConfigOrDie(config)
	factory := informers.NewSharedInformerFactory(p.client, 0)
	changed := make(chan struct{}, 1)
	notify := func(any) {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	events := cache.ResourceEventHandlerFuncs{
		AddFunc: notify, UpdateFunc: func(_, now any) { notify(now) }, DeleteFunc: notify,
	}
	claims, volumes := factory.Core().V1().PersistentVolumeClaims(), factory.Core().V1().PersistentVolumes()
	p.claims, p.volumes = claims.Lister(), volumes.Lister()
	for _, informer := range []cache.SharedIndexInformer{claims.Informer(), volumes.Informer()} {
		if _, err := informer.AddEventHandler(events); err != nil {
			log.Fatal(err)
		}
	}
	ctx := context.Background()
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	for {
		p.provide(ctx)
		p.reclaim(ctx)
		select {
		case <-changed:
		case <-time.After(time.Second): // what failed is tried again
		}
	}
}

func (p *provisioner) provide(ctx context.Context) {
	claims, _ := p.claims.List(labels.Everything()) // from memory: it cannot fail
	for _, claim := range claims {
		if claim.Annotations[provisionerOfClaim] != p.name || claim.Spec.VolumeName != "" || claim.DeletionTimestamp != nil {
			continue
		}
		volume := p.volumeFor(claim)
		if _, err := p.volumes.Get(volume.Name); err == nil {
			continue
		}
		if err := os.MkdirAll(volume.Spec.Local.Path, 0o755); err != nil {
			log.Print(err)
			continue
		}
		_, err := p.client.CoreV1().PersistentVolumes().Create(ctx, volume, meta.CreateOptions{})
		if err != nil && !errors.IsAlreadyExists(err) {
			log.Printf("volume for %s/%s: %v", claim.Namespace, claim.Name, err)
		}
	}
}

func (p *provisioner) volumeFor(claim *core.PersistentVolumeClaim) *core.PersistentVolume {
	name := "pvc-" + string(claim.UID)
	class := ""
	if claim.Spec.StorageClassName != nil {
		class = *claim.Spec.StorageClassName
	}
	onNode := core.NodeSelectorRequirement{
		Key: core.LabelHostname, Operator: core.NodeSelectorOpIn, Values: []string{p.node},
	}
	return &core.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: name, Annotations: map[string]string{provisionerOfVolume: p.name}},
		Spec: core.PersistentVolumeSpec{
			Capacity:                      claim.Spec.Resources.Requests,
			AccessModes:                   claim.Spec.AccessModes,
			PersistentVolumeReclaimPolicy: core.PersistentVolumeReclaimDelete,
			StorageClassName:              class,
			ClaimRef: &core.ObjectReference{
				APIVersion: "v1", Kind: "PersistentVolumeClaim",
				Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
			},
			PersistentVolumeSource: core.PersistentVolumeSource{
				Local: &core.LocalVolumeSource{Path: filepath.Join(p.folder, name)},
			},
			NodeAffinity: &core.VolumeNodeAffinity{Required: &core.NodeSelector{
				NodeSelectorTerms: []core.NodeSelectorTerm{{MatchExpressions: []core.NodeSelectorRequirement{onNode}}},
			}},
		},
	}
}

func (p *provisioner) reclaim(ctx context.Context) {
	volumes, _ := p.volumes.List(labels.Everything())
	for _, volume := range volumes {
		if volume.Annotations[provisionerOfVolume] != p.name || volume.Status.Phase != core.VolumeReleased ||
			volume.Spec.PersistentVolumeReclaimPolicy != core.PersistentVolumeReclaimDelete ||
			volume.Spec.Local == nil || filepath.Dir(volume.Spec.Local.Path) != p.folder {
			continue
		}
		err := os.RemoveAll(volume.Spec.Local.Path)
		if err == nil {
			err = p.client.CoreV1().PersistentVolumes().Delete(ctx, volume.Name, meta.DeleteOptions{})
		}
		if err != nil && !errors.IsNotFound(err) {
			log.Printf("%s: %v", volume.Name, err)
		}
	}
}
