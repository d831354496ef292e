// A plain client-go program that creates suspended Jobs: the counterpart of kubejobs' dispatch benchmark.
// It prints one line of JSON: how many Jobs it created and how long that took.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "kubeconfig file")
	count := flag.Int("count", 1000, "Jobs to create")
	concurrency := flag.Int("concurrency", 32, "creates at once")
	prefix := flag.String("prefix", "client-go", "name prefix")
	flag.Parse()

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		log.Fatal(err)
	}
	config.QPS = -1 // no client-side limit
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		log.Fatal(err)
	}

	var next, failed atomic.Int64
	var workers sync.WaitGroup
	start := time.Now()
	for range *concurrency {
		workers.Go(func() {
			for {
				index := next.Add(1)
				if index > int64(*count) {
					return
				}
				if _, err := client.BatchV1().Jobs("default").Create(context.Background(), job(*prefix, index), metav1.CreateOptions{}); err != nil {
					failed.Add(1)
					log.Print(err)
				}
			}
		})
	}
	workers.Wait()
	seconds := time.Since(start).Seconds()

	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"created": *count - int(failed.Load()), "seconds": seconds, "cpuSeconds": cpu})
}

func job(prefix string, index int64) *batchv1.Job {
	suspend, backoffLimit := true, int32(0)
	labels := map[string]string{
		"app.kubernetes.io/managed-by": "client-go", "kubejobs.io/queue-id": "00000000-0000-4000-8000-000000000000",
		"kubejobs.io/job-id": "00000000-0000-7000-8000-000000000000", "kubejobs.io/attempt": "1",
	}
	return &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("%s-%d", prefix, index), Labels: labels},
		Spec: batchv1.JobSpec{
			Suspend:      &suspend,
			BackoffLimit: &backoffLimit,
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{
					RestartPolicy: corev1.RestartPolicyNever,
					Containers:    []corev1.Container{{Name: "main", Image: "busybox:1.36", Command: []string{"sh", "-c", "echo hello"}}},
				},
			},
		},
	}
}
